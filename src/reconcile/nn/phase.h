#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/base/rng.h"
#include "reconcile/core/moment.h"

namespace reconcile {

/// What a forward pass must know besides its input.
struct Phase {
  bool training = true;
  Moment moment;  ///< of the running step
  Rng noise{0};   ///< random numbers of the running step

  /// Uniform numbers in [0, 1) of that shape and kind, drawn from `noise`.
  [[nodiscard]] at::Tensor uniform_like(const at::Tensor& x);
};

}  // namespace reconcile
