// The 9-layer network of the CelebA experiments (FAMO, FairGrad): VGG-like, eight 3x3 convolutions with batch norm and
// ReLU in four pairs of 64, 128, 256 and 512 channels, each pair ended by a 2x2 max-pool, and a shared linear fc to 512
// with ReLU. The papers give the count of layers and the style, not the widths, which are ours. Paper: Liu et al.,
// NeurIPS 2023, arXiv:2306.03792, section 5.

#include "reconcile/backbones/parts.h"

namespace reconcile::backbone_entries {
namespace {

struct CelebaOptions {
  int64_t width = 64;
  int64_t features = 512;
};

Backbone celeba_cnn(const CelebaOptions& options, const LayerScope& scope, const std::vector<int64_t>& input_shape) {
  Backbone backbone;
  int64_t channels = input_shape[0];
  for (int64_t stage = 0; stage < 4; ++stage) {
    const int64_t out = options.width << stage;
    for (int64_t i = 0; i < 2; ++i) {
      const std::string name = fmt::format("block{}.{}", stage + 1, i);
      const ConvNorm block =
          add_conv_norm(scope.in(name), "conv", "bn", {.in = channels, .out = out, .kernel = 3, .padding = 1});
      backbone.units.push_back({name, stage, {out, true}, [block, pools = i == 1](Flow& flow) {
                                  flow.x = block(flow.x, kRelu);
                                  if (pools) flow.x = max_pool(flow.x, 2, 2, 0);
                                }});
      channels = out;
    }
  }
  add_neck(backbone, scope, options.features, /*flatten=*/true, input_shape[1] / 16, input_shape[2] / 16);
  return backbone;
}

}  // namespace

BackboneEntry celeba_cnn_entry() {
  using O = CelebaOptions;
  return backbone_entry<O>({"celeba_cnn", "9-layer convolutional network of the CelebA experiments",
                            "Liu et al., NeurIPS 2023, arXiv:2306.03792"},
                           {option("width", &O::width, at_least(1), "channels of the first pair"),
                            option("features", &O::features, at_least(1), "outputs of the shared fc")},
                           celeba_cnn);
}

}  // namespace reconcile::backbone_entries
