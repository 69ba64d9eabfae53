#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/kernels/taps.h"

namespace reconcile {

/// 2-d convolution of a map [B, in, H, W] with `weight` [out, in, k, k] and `bias` [out] (may be undefined), float32 on
/// the CPU. The output is position-major whatever the input is. Its factors are cast once for the forward pass and all
/// backward passes. Where `in` is small, what every output reads is first copied together, and again in the backward
/// pass rather than kept.
at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const Window& window,
                       Precision precision);

/// x weight' + bias for x [..., in] and weight [out, in], by the same products.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, Precision precision);

}  // namespace reconcile
