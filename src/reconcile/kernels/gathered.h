#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/kernels/taps.h"

namespace reconcile {

// The same products for maps with few channels, where one tap's would be thin: what an output position reads is first
// copied together, a stretch of positions at a time, and never kept. Maps are [H, W, in, B]; `weight` is
// [out, kernel * kernel * in].

/// The output map [H', W', B, out]; each position starts at `bias` [out], or 0 where it is undefined.
at::Tensor gathered_forward(const Factor& map, const Factor& weight, const at::Tensor& bias, const Window& window);
/// The gradient of the weight, float32, from that of the output [H', W', B, out].
at::Tensor gathered_weight_gradient(const Factor& map, const Factor& gradient, const Window& window);

}  // namespace reconcile
