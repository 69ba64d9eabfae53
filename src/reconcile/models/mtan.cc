// Multi-task attention network: one shared backbone; each task multiplies features of every level by masks of its own.
// On a SegNet: mask = attention(features before the level's last block, joined with the refined features of the level
// before) times the level's features, refined by a shared 3x3 block and pooled (encoder) or doubled (decoder). On a
// ResNet: the same before and at the last block of each stage, refined by a shared residual block. Masks: 1x1
// convolution, batch norm, ReLU, 1x1 convolution, batch norm, sigmoid, with bias. Masks are task-specific; the refining
// blocks are shared and splittable, and see one stream a task. Paper: Liu et al., CVPR 2019, arXiv:1803.10704,
// section 3.

#include <ATen/ATen.h>

#include <map>

#include "reconcile/backbones/parts.h"
#include "reconcile/base/error.h"
#include "reconcile/heads/parts.h"
#include "reconcile/models/model.h"

namespace reconcile::model_entries {
namespace {

/// The masks of all tasks at one place.
class Attention {
 public:
  /// Masks with `out` channels from `in` channels, `middle` in between.
  Attention(const std::vector<LayerScope>& own, int64_t in, int64_t middle, int64_t out, Conv::Init init) {
    for (const auto& scope : own) {
      const auto one = [&](int64_t from, int64_t to) {
        return Conv::Shape{.in = from, .out = to, .bias = true, .init = init};
      };
      Conv& second = scope.add<Conv>("3", one(middle, out));
      masks_.push_back(
          {add_conv_norm_relu(scope, "0", "1", one(in, middle)), &second, &scope.add<BatchNorm>("4", out)});
    }
  }

  /// mask * features, one stream a task.
  Streams operator()(const Streams& x, const Streams& features) const {
    std::vector<at::Tensor> values;
    for (size_t t = 0; t < masks_.size(); ++t) {
      const auto& [first, conv, norm] = masks_[t];
      const auto task = static_cast<int64_t>(t);
      values.push_back((*norm)((*conv)(first(x.of_task(task)))).sigmoid() * features.of_task(task));
    }
    return {Partition::separate(static_cast<int64_t>(masks_.size())), std::move(values)};
  }

 private:
  struct Mask {
    ConvNormRelu first;
    Conv* conv;
    BatchNorm* norm;
  };
  std::vector<Mask> masks_;
};

using Form = std::function<Streams(const Streams& inputs)>;

class Mtan final : public MultiTaskModel {
 public:
  using Options = NoOptions;

  Mtan(const Options& /*options*/, const ModelContext& context)
      : MultiTaskModel(context), backbone_(add_backbone(context, shared())) {
    if (has_unit("unpool.4")) {
      attend_ = segnet_form();
    } else if (has_unit("layer4.1") && backbone_.output().is_map) {
      attend_ = resnet_form();
    } else {
      fail<InvalidArgument>(
          "architecture \"mtan\": masks are defined for `segnet` and for the ResNets that end in a map. Use one of "
          "them.");
    }
    add_heads(backbone_, context);
  }

  Representation represent(const Streams& inputs) override { return Representation::of({attend_(inputs)}, inputs); }

 private:
  [[nodiscard]] bool has_unit(const std::string& name) const {
    return std::any_of(backbone_.units.begin(), backbone_.units.end(), [&](const Unit& u) { return u.name == name; });
  }

  /// Channels that the units `<name>.<level>` give, in their order.
  [[nodiscard]] std::vector<int64_t> channels_of(const std::string& name) const {
    std::vector<int64_t> channels;
    for (const Unit& unit : backbone_.units) {
      if (unit.name.starts_with(name + ".")) channels.push_back(unit.output.channels);
    }
    return channels;
  }

  Attention add_attention(const std::string& name, int64_t in, int64_t middle, int64_t out, Conv::Init init) {
    std::vector<LayerScope> scopes;
    for (int64_t t = 0; t < num_tasks(); ++t) scopes.push_back(own(t).in(name).in(tasks()[t].name));
    return {scopes, in, middle, out, init};
  }

  /// 3x3 blocks called `<name>.<level>` with the given channels.
  std::vector<ConvNorm> add_refiners(const std::string& name, const std::vector<int64_t>& in,
                                     const std::vector<int64_t>& out) {
    std::vector<ConvNorm> blocks;
    for (size_t level = 0; level < in.size(); ++level) {
      blocks.push_back(add_conv_norm(
          shared().in(name).in(std::to_string(level)), "conv1", "bn1",
          {.in = in[level], .out = out[level], .kernel = 3, .padding = 1, .bias = true, .init = Conv::Init::kXavier}));
    }
    return blocks;
  }

  /// Runs the backbone; what each unit gave, by its name.
  [[nodiscard]] std::map<std::string, Streams> run_all(const Streams& inputs) const {
    std::map<std::string, Streams> given;
    Flow flow{inputs};
    for (size_t u = 0; u < backbone_.units.size(); ++u) {
      backbone_.run(u, u + 1, flow);
      given.insert_or_assign(backbone_.units[u].name, flow.x);
    }
    return given;
  }

  Form segnet_form() {
    const std::vector<int64_t> width = channels_of("encoder_block");
    std::vector<int64_t> lower(width.begin(), width.end() - 1);  // channels of a decoder level
    lower.insert(lower.begin(), width.front());
    std::vector<int64_t> next(width.begin() + 1, width.end());
    next.push_back(width.back());
    const auto encoder_blocks = add_refiners("encoder_block_att", width, next);
    const auto decoder_blocks = add_refiners("decoder_block_att", width, lower);
    std::vector<Attention> encoder;
    std::vector<Attention> decoder;
    for (size_t s = 0; s < width.size(); ++s) {
      const int64_t read = s == 0 ? width[0] : 2 * width[s];
      encoder.push_back(add_attention(fmt::format("encoder_att.{}", s), read, width[s], width[s], Conv::Init::kXavier));
    }
    for (size_t s = 0; s < width.size(); ++s) {
      decoder.push_back(add_attention(fmt::format("decoder_att.{}", s), width[s] + lower[s], lower[s], lower[s],
                                      Conv::Init::kXavier));
    }
    return [=, this](const Streams& inputs) {
      const auto given = run_all(inputs);
      const auto at = [&](const char* name, size_t level) { return given.at(fmt::format("{}.{}", name, level)); };
      Streams x = inputs;
      for (size_t s = 0; s < encoder.size(); ++s) {
        const Streams before = at("encoder_block", s);
        const Streams masked = encoder[s](s == 0 ? before : concat(before, x), at("conv_block_enc", s));
        x = max_pool(encoder_blocks[s](masked, kRelu), 2, 2, 0);
      }
      for (size_t s = decoder.size(); s-- > 0;) {
        const Streams before = at("unpool", s);
        const auto doubled = [](const at::Tensor& v) {
          return resize_to(v, {2 * v.size(2), 2 * v.size(3)}, /*align_corners=*/true);
        };
        x = decoder_blocks[s](map(x, doubled), kRelu);
        x = decoder[s](concat(before, x), at("conv_block_dec", s));
      }
      return x;
    };
  }

  Form resnet_form() {
    std::vector<Attention> masks;
    std::vector<ResidualBlock> refiners;
    std::vector<int64_t> channels;
    for (int64_t stage = 1; stage <= 4; ++stage) {
      channels.push_back(backbone_.units[backbone_.end_of_stage(stage) - 1].output.channels);
    }
    const int64_t expansion = channels.front() / 64;
    for (size_t i = 0; i < channels.size(); ++i) {
      masks.push_back(add_attention(fmt::format("attention.{}", i + 1), i == 0 ? channels[i] : 2 * channels[i],
                                    channels[i] / expansion, channels[i], Conv::Init::kKaiming));
    }
    for (size_t i = 0; i + 1 < channels.size(); ++i) {
      refiners.push_back(
          add_residual_block(shared().in(fmt::format("attention_block.{}", i + 1)),
                             {.in = channels[i], .width = channels[i + 1] / expansion, .out = channels[i + 1]}));
    }
    return [=, this](const Streams& inputs) {
      Flow flow{inputs};
      backbone_.run(0, backbone_.end_of_stage(0), flow);
      Streams refined = inputs;
      for (size_t i = 0; i < masks.size(); ++i) {
        const auto stage = static_cast<int64_t>(i) + 1;
        const size_t last = backbone_.end_of_stage(stage) - 1;
        backbone_.run(backbone_.end_of_stage(stage - 1), last, flow);
        const Streams before = flow.x;
        backbone_.run(last, last + 1, flow);
        refined = masks[i](i == 0 ? before : concat(before, pool_to(refined, before)), flow.x);
        if (i < refiners.size()) refined = refiners[i](refined);
      }
      return refined;
    };
  }

  /// x, pooled 2x2 unless it has the height and width of `like` already.
  static Streams pool_to(const Streams& x, const Streams& like) {
    return zip(x, like, [](const at::Tensor& u, const at::Tensor& v) {
      const bool fits = u.sizes().slice(2) == v.sizes().slice(2);
      return fits ? u : at::max_pool2d(u, 2, 2, 0, 1, /*ceil_mode=*/true);
    });
  }

  Backbone backbone_;
  Form attend_;
};

}  // namespace

ModelEntry mtan_entry() {
  return model_entry<Mtan>({"mtan", "Multi-task attention network", "Liu et al., CVPR 2019, arXiv:1803.10704"}, {});
}

}  // namespace reconcile::model_entries
