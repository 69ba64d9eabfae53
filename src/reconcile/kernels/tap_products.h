#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/kernels/taps.h"

namespace reconcile {

// The three products of a convolution over position-major maps, one matrix product for each tap and row of positions.
// `weight` is [kernel * kernel, out, in]; maps are [H, W, B, channels], all contiguous. The bits do not depend on the
// number of threads.

/// The output map; each position starts at `bias` [out], or 0 where it is undefined.
at::Tensor tap_forward(const Factor& map, const Factor& weight, const at::Tensor& bias, const Window& window);
/// The gradient of a map of `height` x `width`, from that of the output.
at::Tensor tap_input_gradient(const Factor& gradient, const Factor& weight, const Window& window, int64_t height,
                              int64_t width);
/// The gradient of the weight, float32.
at::Tensor tap_weight_gradient(const Factor& map, const Factor& gradient, const Window& window);

}  // namespace reconcile
