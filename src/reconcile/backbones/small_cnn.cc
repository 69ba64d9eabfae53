// A small convolutional network for demo and tests: three blocks of 3x3 convolution, batch norm, ReLU and 2x2 max-pool
// with `width`, 2 `width` and 4 `width` channels, and a residual block, so that every kind of splitting is met. With
// `features` > 0 a global average pool and a shared linear `fc` follow: 9 splittable layers.

#include "reconcile/backbones/parts.h"

namespace reconcile::backbone_entries {
namespace {

struct SmallCnnOptions {
  int64_t width = 16;
  int64_t features = 64;
};

Backbone small_cnn(const SmallCnnOptions& options, const LayerScope& scope, const std::vector<int64_t>& input_shape) {
  Backbone backbone;
  int64_t channels = input_shape[0];
  const auto add_block = [&](const std::string& name, int64_t out) {
    const auto shape = Conv::Shape{.in = channels, .out = out, .kernel = 3, .padding = 1};
    channels = out;
    return add_conv_norm(scope.in(name), "conv", "bn", shape);
  };
  for (int64_t i = 0; i < 3; ++i) {
    const std::string name = fmt::format("block{}", i + 1);
    const ConvNorm block = add_block(name, options.width << i);
    backbone.units.push_back(
        {name, i, {channels, true}, [block](Flow& flow) { flow.x = max_pool(block(flow.x, kRelu), 2, 2, 0); }});
  }
  const ConvNorm block = add_block("residual", channels);
  backbone.units.push_back(
      {"residual", 3, {channels, true}, [block](Flow& flow) { flow.x = block(flow.x, flow.x, kRelu); }});
  backbone.dense_head = "conv";
  add_neck(backbone, scope, options.features, /*flatten=*/false, 0, 0);
  return backbone;
}

}  // namespace

BackboneEntry small_cnn_entry() {
  using O = SmallCnnOptions;
  return backbone_entry<O>(
      {"small_cnn", "Small convolutional network for demo and tests", "ours"},
      {option("width", &O::width, at_least(1), "channels of the first block"),
       option("features", &O::features, at_least(0), "outputs of the shared fc that the heads read; 0 = a map")},
      small_cnn);
}

}  // namespace reconcile::backbone_entries
