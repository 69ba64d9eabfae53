#pragma once

#include <ATen/core/Tensor.h>

namespace reconcile {

/// A convolution's float32 weight [out, in, k, k] as [k * k, out, in], so that a tap's is one matrix.
at::Tensor taps_first(const at::Tensor& weight);
/// The inverse; `sizes` are [out, in, k, k].
at::Tensor taps_last(const at::Tensor& weight, at::IntArrayRef sizes);

}  // namespace reconcile
