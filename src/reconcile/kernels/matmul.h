#pragma once

#include <cstdint>

#include "reconcile/kernels/precision.h"

namespace reconcile {

/// Part of a tensor as a matrix: `offset` elements behind its first one, element (i, j) stands at i * row + j * column.
/// One of the two strides is 1.
struct MatrixOf {
  const Factor* factor;
  int64_t offset, row, column;
};

/// c [m, n] += a [m, k] b [k, n], with `stride` elements from row to row of c. On the calling thread alone where it is
/// inside a parallel region, else on all. InvalidArgument if the machine cannot multiply that type.
void multiply_add(const MatrixOf& a, const MatrixOf& b, int64_t m, int64_t k, int64_t n, float* c, int64_t stride);

}  // namespace reconcile
