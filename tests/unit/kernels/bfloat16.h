#pragma once

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/kernels/convolution.h"

namespace reconcile::test {

/// Whether this processor has products of bfloat16 matrices; on x86 they take AVX-512.
inline bool has_bfloat16() {
  static const bool has = [] {
    try {
      linear(at::ones({1, 1}), at::ones({1, 1}), {}, Precision::kBfloat16);
      return true;
    } catch (const InvalidArgument&) {
      return false;
    }
  }();
  return has;
}

constexpr const char* kNoBfloat16 = "this processor has no products of bfloat16 matrices";

}  // namespace reconcile::test
