#pragma once

#include "reconcile/linalg/matrix.h"

namespace reconcile {
namespace bounded {

/// y >= 0 with Cy + q >= 0 and y'(Cy + q) = 0: the minimiser of 1/2 y'Cy + q'y over y >= 0.
template <int N>
struct Complementary {
  Vector<N> y;  ///< [T]
  /// max over i of |(Cy + q)_i| where y > 0 and of its negative part elsewhere, over (sum y + max|q|): the size of the
  /// numbers it is made of. 0 for the exact answer.
  double residual = 0;
  int iterations = 0;
};

template <int N>
Complementary<N> solve_complementarity(const Matrix<N>& matrix, const VectorArgument<N>& q);

}  // namespace bounded

using Complementary = bounded::Complementary<Eigen::Dynamic>;

/// Solves it exactly for a matrix C [T, T] (positive semi-definite, diagonal near 1) and q in the range of C. Block
/// principal pivoting, from the entries with q < 0: mostly two or three dense solves. Where that makes no progress, or
/// meets dependent rows, one entry at a time (Lawson and Hanson), which is finite for every C.
Complementary solve_complementarity(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& q);

}  // namespace reconcile
