#pragma once

#include <ATen/core/Tensor.h>

namespace reconcile {

/// The regions of `mask` (uint8 [H, W], not 0 is inside) thinned to lines one pixel wide: uint8 [H, W] of 0 and 1.
/// After Guo and Hall (CACM 32, 1989): two passes in turn take pixels off the borders until none can go; regions stay
/// in one piece. What lies beyond the image counts as outside. InvalidArgument for another type or shape.
at::Tensor thin(const at::Tensor& mask);

}  // namespace reconcile
