#pragma once

#include <string>

#include "reconcile/linalg/matrix.h"

namespace reconcile {
namespace bounded {

/// A point of the dual cone {d : <g_i, d> >= 0 for every row g_i}: the directions that raise no task.
template <int N>
struct ConePoint {
  Vector<N> weights;  ///< [T], d = rows' weights; d is unique, the weights are not if rows are dependent
  /// Largest conflict -<g_i, d> and largest <g_i, d> of a row that the projection has used, relative to |g_i| and to
  /// the lengths of the terms of d; see Complementary::residual. About 1e-15 when solved.
  double residual = 0;
  int iterations = 0;
  /// "" or "stationary": nothing is left but rounding errors, and the weights are zero.
  std::string fallback;
};

template <int N>
ConePoint<N> project_to_dual_cone(const Matrix<N>& gramian, const VectorArgument<N>& target, double noise);

template <int N>
ConePoint<N> project_rows_to_dual_cone(const Matrix<N>& gramian, const VectorArgument<N>& target, double noise);

}  // namespace bounded

using ConePoint = bounded::ConePoint<Eigen::Dynamic>;

/// The point of the dual cone nearest to rows' target: min v'Gv over v >= target. `target` [T] >= 0.
/// `noise` (gramian_noise of the rows' type) is added to the diagonal of the cosines: as if every unit row had an own
/// component of that squared length, which rounding gives it anyway. Without it the answer would jump where rows are
/// dependent up to rounding. A result whose squared norm is at most `noise` times the squared sum of its terms' lengths
/// counts as zero.
ConePoint project_to_dual_cone(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& target, double noise);

/// The sum of the points nearest to target_i g_i, one for every row. It is linear in the length of every row.
ConePoint project_rows_to_dual_cone(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& target, double noise);

}  // namespace reconcile
