// DeepLabV3+'s decoder as BMTAS builds it for PASCAL-Context: the backbone's early map through a 1x1 convolution to 48
// channels, joined with its output resized to that map; a depth-wise 3x3 and a 1x1 to 128 channels, twice; a 1x1 to the
// outputs with bias (normal, 0.01); bilinear to the input's size. Batch norm and ReLU6 behind every convolution but the
// last. Papers: Chen et al., ECCV 2018, arXiv:1802.02611; Bruggemann et al., BMVC 2020, arXiv:2008.10292.

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/heads/parts.h"

namespace reconcile::head_entries {
namespace {

constexpr int64_t kLowWidth = 48;
constexpr int64_t kDecoderWidth = 128;

ConvNormRelu unit(const LayerScope& scope, const std::string& name, const Conv::Shape& shape) {
  return add_conv_norm_relu(scope.in(name), "0", "1", shape, kRelu6);
}

Head deeplab_v3plus(const HeadShape& shape, const LayerScope& scope) {
  if (shape.low_channels == 0) {
    fail<InvalidArgument>(
        "head \"deeplab_v3plus\": the backbone gives no early feature map, which this head reads. Use mobilenet_v2, or "
        "the head \"aspp\".");
  }
  const auto depthwise = [](int64_t channels) {
    return Conv::Shape{.in = channels, .out = channels, .kernel = 3, .padding = 1, .groups = channels};
  };
  const int64_t joined = shape.channels + kLowWidth;
  const ConvNormRelu low = unit(scope, "low", {.in = shape.low_channels, .out = kLowWidth});
  const std::vector<ConvNormRelu> body{unit(scope, "depthwise1", depthwise(joined)),
                                       unit(scope, "pointwise1", {.in = joined, .out = kDecoderWidth}),
                                       unit(scope, "depthwise2", depthwise(kDecoderWidth)),
                                       unit(scope, "pointwise2", {.in = kDecoderWidth, .out = kDecoderWidth})};
  Layer& logits = scope.add<Conv>(
      "logits", Conv::Shape{.in = kDecoderWidth, .out = shape.outputs, .bias = true, .init = Conv::Init::kSmall});
  return [=, &logits](const HeadInput& input) {
    at::Tensor y = at::cat({resize_to(input.x, input.low.sizes().slice(2)), low(input.low)}, 1);
    for (const auto& part : body) y = part(y);
    return resize_to(logits(y), input.size);
  };
}

}  // namespace

HeadEntry deeplab_v3plus_entry() {
  return {
      {"deeplab_v3plus", "DeepLabV3+ decoder with an early feature map", "Chen et al., ECCV 2018, arXiv:1802.02611"},
      deeplab_v3plus};
}

}  // namespace reconcile::head_entries
