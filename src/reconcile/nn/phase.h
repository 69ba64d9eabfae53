#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/base/rng.h"
#include "reconcile/core/moment.h"

namespace reconcile {

/// What a forward pass must know besides its input.
class Phase {
 public:
  bool training = true;
  Rng noise{0};  ///< random numbers of the running step

  /// Where the running step stands.
  void set_moment(const Moment& moment);
  [[nodiscard]] const Moment& moment();
  /// Uniform numbers in [0, 1) of that shape and kind, drawn from `noise`.
  [[nodiscard]] at::Tensor uniform_like(const at::Tensor& x);
  /// Whether the running step drew numbers or asked for the moment: another step may then do other operations.
  [[nodiscard]] bool varies() const { return moment_was_read_ || noise.counter() > 0; }

 private:
  Moment moment_;
  bool moment_was_read_ = false;
};

}  // namespace reconcile
