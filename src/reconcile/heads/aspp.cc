// DeepLabV3's head: atrous spatial pyramid pooling (1x1, three 3x3 with dilation 12, 24, 36, and the image average, 256
// channels each, joined by a 1x1 with dropout 0.5), a 3x3 convolution, a 1x1 to the outputs with bias, bilinear to the
// input's size. Every convolution but the last is followed by batch norm and ReLU. Layer names as torchvision's
// DeepLabHead. Paper: Chen et al., arXiv:1706.05587, section 3.3.

#include <ATen/ATen.h>

#include "reconcile/heads/parts.h"

namespace reconcile::head_entries {
namespace {

constexpr int64_t kAsppWidth = 256;

ConvNormRelu branch(const LayerScope& scope, int64_t in, int64_t dilation) {
  return add_conv_norm_relu(scope, "0", "1",
                            {.in = in,
                             .out = kAsppWidth,
                             .kernel = dilation == 1 ? 1 : 3,
                             .padding = dilation == 1 ? 0 : dilation,
                             .dilation = dilation});
}

Head aspp(const HeadShape& shape, const LayerScope& scope) {
  std::vector<ConvNormRelu> branches;
  int64_t i = 0;
  for (const int64_t dilation : {1, 12, 24, 36}) {
    branches.push_back(branch(scope.in(fmt::format("0.convs.{}", i++)), shape.channels, dilation));
  }
  const ConvNormRelu average =
      add_conv_norm_relu(scope, "0.convs.4.1", "0.convs.4.2", {.in = shape.channels, .out = kAsppWidth});
  const ConvNormRelu project =
      add_conv_norm_relu(scope, "0.project.0", "0.project.1", {.in = 5 * kAsppWidth, .out = kAsppWidth});
  const ConvNormRelu last =
      add_conv_norm_relu(scope, "1", "2", {.in = kAsppWidth, .out = kAsppWidth, .kernel = 3, .padding = 1});
  Layer& logits = scope.add<Conv>("4", Conv::Shape{.in = kAsppWidth, .out = shape.outputs, .bias = true});
  return [=, &logits, &phase = scope.phase()](const HeadInput& input) {
    std::vector<at::Tensor> parts;
    for (const auto& b : branches) parts.push_back(b(input.x));
    parts.push_back(average(input.x.mean({2, 3}, /*keepdim=*/true)).expand_as(parts.front()));
    return resize_to(logits(last(dropout(project(at::cat(parts, 1)), 0.5, phase))), input.size);
  };
}

}  // namespace

HeadEntry aspp_entry() {
  return {{"aspp", "DeepLabV3: atrous spatial pyramid pooling", "Chen et al., arXiv:1706.05587"}, aspp};
}

}  // namespace reconcile::head_entries
