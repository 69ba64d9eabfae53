// LeNet of the MultiMNIST experiments: 9x9 convolution to 10 channels and 5x5 to 20, each with bias, 2x2 max-pool and
// ReLU; a shared linear fc to 50 and ReLU. 3 splittable layers. Paper: Lin et al., NeurIPS 2019, arXiv:1912.12854,
// whose code has these sizes for 36x36 images.

#include "reconcile/backbones/parts.h"

namespace reconcile::backbone_entries {
namespace {

struct LenetOptions {
  int64_t features = 50;
};

Backbone lenet(const LenetOptions& options, const LayerScope& scope, const std::vector<int64_t>& input_shape) {
  Backbone backbone;
  std::vector<int64_t> size{input_shape[1], input_shape[2]};
  const auto add_conv = [&](const std::string& name, int64_t in, int64_t out, int64_t kernel) {
    Layer& conv = scope.add<Conv>(name, Conv::Shape{.in = in, .out = out, .kernel = kernel, .bias = true});
    const int64_t stage = static_cast<int64_t>(backbone.units.size());
    backbone.units.push_back(
        {name, stage, {out, true}, [&conv](Flow& flow) { flow.x = relu(max_pool(conv(flow.x), 2, 2, 0)); }});
    for (auto& side : size) side = (side - kernel + 1) / 2;
  };
  add_conv("conv1", input_shape[0], 10, 9);
  add_conv("conv2", 10, 20, 5);
  add_neck(backbone, scope, options.features, /*flatten=*/true, size[0], size[1]);
  return backbone;
}

}  // namespace

BackboneEntry lenet_entry() {
  return backbone_entry<LenetOptions>(
      {"lenet", "LeNet of the MultiMNIST experiments", "Lin et al., NeurIPS 2019, arXiv:1912.12854"},
      {option("features", &LenetOptions::features, at_least(1), "outputs of the shared fc")}, lenet);
}

}  // namespace reconcile::backbone_entries
