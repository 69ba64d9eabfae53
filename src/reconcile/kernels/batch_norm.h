#pragma once

#include <ATen/core/Tensor.h>

#include <limits>

namespace reconcile {

/// What follows a normalisation: values are clamped to [low, high]. Where they are, no gradient passes.
struct Clamp {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

inline constexpr Clamp kRelu{.low = 0.0};
inline constexpr Clamp kRelu6{.low = 0.0, .high = 6.0};

/// Running mean and variance [C] that take up those of a batch; undefined tensors take up nothing.
struct RunningStatistics {
  at::Tensor mean, variance;
  double momentum = 0.1;
};

/// Batch normalisation by the batch's own statistics, a sum and a clamp, in two passes over the memory each way:
///   clamp(weight * (x - mean) / sqrt(variance + eps) + bias + beside)
/// `x` and `beside` (may be undefined) are float32 maps [B, C, H, W] on the CPU, `weight` and `bias` [C]; the result is
/// position-major. Sums over positions are float32 over 256 of them and double beyond, in a fixed order.
/// Paper: Ioffe & Szegedy, ICML 2015, arXiv:1502.03167, algorithm 1.
at::Tensor batch_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& beside,
                      const Clamp& clamp, const RunningStatistics& running, double eps);

}  // namespace reconcile
