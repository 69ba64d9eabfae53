#pragma once

#include "reconcile/kernels/precision.h"

namespace reconcile {

/// How maps stand in memory: as LibTorch has them, or position-major (layout.h) with products of our own choice.
enum class Layout { kNchw, kPosition };

/// How a network computes. The numbers differ by rounding (and by `precision`); float32 maps on the CPU only. Maps of
/// other types are computed as kNchw, float32; on other devices as LibTorch does, with factors in bfloat16 for
/// kBfloat16.
struct Arithmetic {
  Layout layout = Layout::kNchw;
  Precision precision = Precision::kFloat32;  ///< others need kPosition
};

}  // namespace reconcile
