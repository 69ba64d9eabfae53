// ResNet-18 with basic blocks, layer names as in torchvision: 7x7/2 stem, 3x3/2 max-pool, four stages of two blocks.
// After the global average pool a shared linear `fc` 512 -> 100 and ReLU, then one linear head a task, as Recon trains
// it on Multi-Fashion+MNIST. 41 splittable layers; 11,221,540 shared parameters for one input channel. Convolutions
// have no bias and start Kaiming-normal (fan_out); batch norms at 1/0. Paper: He et al., CVPR 2016, arXiv:1512.03385,
// table 1; the fc and heads as Shi et al., ICLR 2023, arXiv:2302.11289.

#include "reconcile/models/model.h"
#include "reconcile/nn/functional.h"

namespace reconcile::model_entries {
namespace {

class Resnet18 final : public MultiTaskModel {
 public:
  struct Options {
    int64_t features = 100;
  };

  Resnet18(const Options& options, const ModelContext& context) : MultiTaskModel(context.tasks, context.rng) {
    conv1_ = &add<Conv>("conv1",
                        Conv::Shape{.in = context.input_shape[0], .out = 64, .kernel = 7, .stride = 2, .padding = 3});
    bn1_ = &add<BatchNorm>("bn1", 64);
    int64_t channels = 64;
    for (int64_t stage = 1; stage <= 4; ++stage) {
      const int64_t out = 64 << (stage - 1);
      for (int64_t block = 0; block < 2; ++block) {
        blocks_.push_back(add_block(fmt::format("layer{}.{}.", stage, block), channels, out));
        channels = out;
      }
    }
    fc_ = &add<Linear>("fc", channels, options.features);
    add_linear_heads(options.features);
  }

  Streams representation(const Streams& inputs) override {
    Streams x = max_pool(relu((*bn1_)((*conv1_)(inputs))), 3, 2, 1);
    for (const auto& block : blocks_) {
      const Streams branch = (*block.bn2)((*block.conv2)(relu((*block.bn1)((*block.conv1)(x)))));
      const Streams skip = block.downsample_conv == nullptr ? x : (*block.downsample_bn)((*block.downsample_conv)(x));
      x = relu(reconcile::add(branch, skip));
    }
    return relu((*fc_)(global_average_pool(x)));
  }

 private:
  struct Block {
    Layer *conv1, *bn1, *conv2, *bn2;
    Layer* downsample_conv = nullptr;
    Layer* downsample_bn = nullptr;
  };

  Block add_block(const std::string& prefix, int64_t in, int64_t out) {
    const int64_t stride = in == out ? 1 : 2;
    Block block{};
    block.conv1 =
        &add<Conv>(prefix + "conv1", Conv::Shape{.in = in, .out = out, .kernel = 3, .stride = stride, .padding = 1});
    block.bn1 = &add<BatchNorm>(prefix + "bn1", out);
    block.conv2 = &add<Conv>(prefix + "conv2", Conv::Shape{.in = out, .out = out, .kernel = 3, .padding = 1});
    block.bn2 = &add<BatchNorm>(prefix + "bn2", out);
    if (in != out) {
      block.downsample_conv = &add<Conv>(prefix + "downsample.0", Conv::Shape{.in = in, .out = out, .stride = stride});
      block.downsample_bn = &add<BatchNorm>(prefix + "downsample.1", out);
    }
    return block;
  }

  Layer *conv1_, *bn1_, *fc_;
  std::vector<Block> blocks_;
};

}  // namespace

ModelEntry resnet18_entry() {
  using O = Resnet18::Options;
  return model_entry<Resnet18>(
      {"resnet18", "ResNet-18, torchvision layer names", "He et al., CVPR 2016, arXiv:1512.03385"},
      {option("features", &O::features, at_least(1), "outputs of the shared fc that the heads read")});
}

}  // namespace reconcile::model_entries
