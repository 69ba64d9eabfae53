#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace reconcile {

/// In which numbers convolutions and linear layers multiply. Sums, activations, statistics and updates are float32
/// whatever it is. kBfloat16x3 cuts each factor into two bfloat16 and adds three products: about 16 significant bits
/// instead of 8.
enum class Precision { kFloat32, kBfloat16x3, kBfloat16 };

/// "float32", "bfloat16x3", "bfloat16".
Precision parse_precision(const std::string& name);

std::string precision_name(Precision precision);

/// A float32 tensor as products read it: itself, its bfloat16, or its bfloat16 and that of the rest.
struct Factor {
  at::Tensor high;
  at::Tensor low;  ///< undefined but for kBfloat16x3

  /// Applies `f` to the tensors that are defined.
  template <class F>
  [[nodiscard]] Factor map(F f) const {
    return {f(high), low.defined() ? f(low) : low};
  }
};

/// Dense tensors keep their strides.
Factor factor_of(const at::Tensor& x, Precision precision);

}  // namespace reconcile
