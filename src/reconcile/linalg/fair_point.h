#pragma once

#include <Eigen/Core>
#include <string>

namespace reconcile {

/// The weights w > 0 with Gw = w^(-1 / alpha): with d = rows' w, every task's gain <g_i, d> is w_i^(-1 / alpha).
struct FairPoint {
  Eigen::VectorXd weights;  ///< [T]
  /// max over i of |<r_i, d> - w_i^(-1 / alpha) / n_i| over the sum of |<r_i, w_j g_j>|, with n_i = |g_i| and
  /// r_i = g_i / n_i: the size of the numbers it is made of. About 1e-15 when solved.
  double residual = 0;
  int iterations = 0;
  /// "", or "zero row" (zero rows get no weight) and one of "stationary" (0 lies in the hull: there is no such w) and
  /// "unsolved" (alpha far from 1 on rows whose lengths differ by many decades). For the last two the weights are those
  /// of the dual-cone projection of the sum of the rows.
  std::string fallback;
};

/// Solves it for alpha > 0: damped Newton steps on the convex potential 1/2 w'Gw - sum of the integrals of
/// w^(-1/alpha), in b_i = w_i n_i, where lengths count by their logarithms only. Where lengths differ so much that this
/// takes too long, the answer is followed from equal lengths to the given ones. Squared norms up to `noise`, relative
/// to the rows they are sums of, count as zero; see gramian_noise.
FairPoint fair_point(const Eigen::MatrixXd& gramian, double alpha, double noise);

}  // namespace reconcile
