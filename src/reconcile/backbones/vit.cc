// A vision transformer with torchvision's layer names: patches of `patch` x `patch` pixels as tokens of `width`
// numbers, learned positions, `depth` blocks of layer norm, self-attention, layer norm and a perceptron with GELU, each
// with a skip connection, and a last layer norm. There is no class token: the tokens form a map again, which heads
// average or decode. Attention's joint projection `in_proj`, its output projection and every layer norm are splittable
// layers. No dropout. Paper: Dosovitskiy et al., ICLR 2021, arXiv:2010.11929.

#include <ATen/ATen.h>

#include "reconcile/backbones/parts.h"
#include "reconcile/base/error.h"

namespace reconcile::backbone_entries {
namespace {

struct VitOptions {
  int64_t patch = 4;
  int64_t width = 64;
  int64_t depth = 4;
  int64_t heads = 4;
  int64_t mlp = 128;
};

/// softmax(q k' / sqrt(d)) v for each head, from the joint projections [B, N, 3 D].
at::Tensor attend(const at::Tensor& joint, int64_t heads) {
  const int64_t d = joint.size(2) / 3 / heads;
  const at::Tensor parts = joint.reshape({joint.size(0), joint.size(1), 3, heads, d}).permute({2, 0, 3, 1, 4});
  const at::Tensor scores = at::matmul(parts[0], parts[1].transpose(-2, -1)) / std::sqrt(static_cast<double>(d));
  const at::Tensor y = at::matmul(scores.softmax(-1), parts[2]);  // [B, heads, N, d]
  return y.transpose(1, 2).flatten(2);
}

struct VitBlock {
  Layer *ln_1, *in, *out, *ln_2, *up, *down;
  int64_t heads;
  Streams operator()(const Streams& x) const {
    const Streams joint = (*in)((*ln_1)(x));
    const Streams y = add(x, (*out)(map(joint, [this](const at::Tensor& v) { return attend(v, heads); })));
    const Streams hidden = map((*up)((*ln_2)(y)), [](const at::Tensor& v) { return at::gelu(v); });
    return add(y, (*down)(hidden));
  }
};

VitBlock add_vit_block(const LayerScope& scope, const VitOptions& o) {
  VitBlock block{};
  block.ln_1 = &scope.add<LayerNorm>("ln_1", o.width);
  block.in = &scope.add<Linear>("self_attention", o.width, 3 * o.width, LinearInit{}, std::string("in_proj_"));
  block.out = &scope.add<Linear>("self_attention.out_proj", o.width, o.width);
  block.ln_2 = &scope.add<LayerNorm>("ln_2", o.width);
  block.up = &scope.add<Linear>("mlp.0", o.width, o.mlp);
  block.down = &scope.add<Linear>("mlp.3", o.mlp, o.width);
  block.heads = o.heads;
  return block;
}

Backbone vit(const VitOptions& o, const LayerScope& scope, const std::vector<int64_t>& input_shape) {
  const int64_t height = input_shape[1] / o.patch;
  const int64_t width = input_shape[2] / o.patch;
  if (height * o.patch != input_shape[1] || width * o.patch != input_shape[2]) {
    fail<InvalidArgument>("backbone \"vit\": the input is {} x {}, height and width must be multiples of patch = {}.",
                          input_shape[1], input_shape[2], o.patch);
  }
  if (o.width % o.heads != 0) {
    fail<InvalidArgument>("backbone \"vit\": width = {}, must be a multiple of heads = {}.", o.width, o.heads);
  }
  Backbone backbone;
  Layer& project = scope.add<Conv>(
      "conv_proj",
      Conv::Shape{.in = input_shape[0], .out = o.width, .kernel = o.patch, .stride = o.patch, .bias = true});
  const auto start = [shape = std::vector<int64_t>{1, height * width, o.width}](Rng rng) {
    return normal_values(shape, 0.02, rng);
  };
  Layer& positions = scope.add<Values>("encoder", std::string("pos_embedding"), std::function<at::Tensor(Rng)>(start));
  backbone.units.push_back({"conv_proj", 0, {o.width, false}, [&project, &positions](Flow& flow) {
                              const Streams tokens = map(
                                  project(flow.x), [](const at::Tensor& v) { return v.flatten(2).transpose(1, 2); });
                              flow.x = add(tokens, positions(tokens));
                            }});
  for (int64_t i = 0; i < o.depth; ++i) {
    const std::string name = fmt::format("encoder.layers.encoder_layer_{}", i);
    const VitBlock block = add_vit_block(scope.in(name), o);
    backbone.units.push_back({name, i + 1, {o.width, false}, [block](Flow& flow) { flow.x = block(flow.x); }});
  }
  Layer& last = scope.add<LayerNorm>("encoder.ln", o.width);
  backbone.units.push_back({"encoder.ln", o.depth, {o.width, true}, [&last, height, width](Flow& flow) {
                              flow.x = map(last(flow.x), [=](const at::Tensor& v) {
                                return v.transpose(1, 2).reshape({v.size(0), v.size(2), height, width});
                              });
                            }});
  return backbone;
}

}  // namespace

BackboneEntry vit_entry() {
  using O = VitOptions;
  return backbone_entry<O>(
      {"vit", "Small vision transformer, torchvision layer names", "Dosovitskiy et al., ICLR 2021, arXiv:2010.11929"},
      {option("patch", &O::patch, at_least(1), "height and width of a patch"),
       option("width", &O::width, at_least(1), "numbers a token"), option("depth", &O::depth, at_least(1), "blocks"),
       option("heads", &O::heads, at_least(1), "attention heads; divides width"),
       option("mlp", &O::mlp, at_least(1), "hidden numbers of a block's perceptron")},
      vit);
}

}  // namespace reconcile::backbone_entries
