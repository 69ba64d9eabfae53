// SegNet's head as MTAN and Recon use it: a 3x3 convolution that keeps the channels and a 1x1 convolution to the
// outputs, with bias and nothing in between, then bilinear to the input's size. Xavier-normal. Paper: Liu et al., CVPR
// 2019, arXiv:1803.10704.

#include <ATen/ATen.h>

#include "reconcile/heads/head.h"
#include "reconcile/nn/functional.h"

namespace reconcile::head_entries {

HeadEntry conv_entry() {
  return {
      {"conv", "3x3 and 1x1 convolution, MTAN's", "Liu et al., CVPR 2019, arXiv:1803.10704"},
      [](const HeadShape& shape, const LayerScope& scope) -> Head {
        const auto xavier = Conv::Init::kXavier;
        Layer& first = scope.add<Conv>(
            "0",
            Conv::Shape{
                .in = shape.channels, .out = shape.channels, .kernel = 3, .padding = 1, .bias = true, .init = xavier});
        Layer& second =
            scope.add<Conv>("1", Conv::Shape{.in = shape.channels, .out = shape.outputs, .bias = true, .init = xavier});
        return [&first, &second](const HeadInput& input) { return resize_to(second(first(input.x)), input.size); };
      }};
}

}  // namespace reconcile::head_entries
