#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "reconcile/kernels/precision.h"

namespace reconcile {

/// A square window that slides over a map.
struct Window {
  int64_t kernel = 1, stride = 1, padding = 0, dilation = 1;

  /// Outputs along an axis with `inputs` inputs.
  [[nodiscard]] int64_t outputs(int64_t inputs) const {
    return (inputs + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
  }
};

/// What one tap of the window does along one axis: output o in [begin, end) reads position o + shift of its phase,
/// which is input stride * (o + shift) + phase; the others read padding.
struct Tap {
  int64_t phase, shift, begin, end;
};
/// All taps along an axis with `inputs` inputs.
std::vector<Tap> taps_of(const Window& window, int64_t inputs);

/// A map [H, W, B, C], and where it is read with a stride, its phases: the positions (stride * i + y, stride * j + x),
/// together.
class Phases {
 public:
  Phases(const Factor& map, int64_t stride);
  [[nodiscard]] const Factor& at(int64_t y, int64_t x) const { return factors_[y * stride_ + x]; }

 private:
  int64_t stride_;
  std::vector<Factor> factors_;
};

/// One phase of a map: a view.
at::Tensor phase_of(const at::Tensor& map, int64_t stride, int64_t y, int64_t x);

}  // namespace reconcile
