#pragma once

#include <string>

#include "reconcile/linalg/matrix.h"

namespace reconcile {
namespace bounded {

/// The point of least norm of the convex hull of T rows.
template <int N>
struct MinNormPoint {
  Vector<N> weights;  ///< [T], on the simplex
  /// max over i of (w'Gw - (Gw)_i) / (m (n_i + m)), n_i = |g_i|, m = sum of w_i n_i: the duality gap, relative to the
  /// size of the products it is made of. About 1e-15 when solved.
  double residual = 0;
  int iterations = 0;
  /// "" or why the point is zero: "zero row" (uniform weights over the zero rows), "stationary" (0 lies in the hull).
  std::string fallback;
};

template <int N>
MinNormPoint<N> min_norm(const Matrix<N>& gramian, double noise);

}  // namespace bounded

using MinNormPoint = bounded::MinNormPoint<Eigen::Dynamic>;

/// Solves it exactly from the Gramian [T, T] alone; cost O(T^3) for each of about T steps. A point whose squared norm
/// is at most `noise` times m^2 counts as zero; see gramian_noise.
MinNormPoint min_norm(const Eigen::MatrixXd& gramian, double noise);

}  // namespace reconcile
