#pragma once

#include <Eigen/Core>
#include <string>

namespace reconcile {

/// The answer of CAGrad's inner problem for T rows with Gramian G, mean row g0 and u = 1/T.
struct CagradDual {
  Eigen::VectorXd weights;    ///< [T], w on the simplex
  Eigen::VectorXd direction;  ///< [T], d = rows' direction; u + c|g0| w / sqrt(w'Gw) except for the fallbacks
  double objective = 0;       ///< w'Gu + c|g0| sqrt(w'Gw): the gain of the worst task
  /// max over i of (objective - <g_i, d>) / ((1 + c)|g0| (n_i + m)), n_i = |g_i|, m = sum of w_i n_i:
  /// the duality gap, relative to the size of the products it is made of.
  double residual = 0;
  int iterations = 0;
  /// "", or several of "zero mean" (g0 = 0: d = 0), "zero row" (zero rows are left out; g0 still counts them)
  /// and "stationary" (w'Gw = 0: of the directions that are best for the worst task, the one nearest to g0).
  std::string fallback;
};

/// Minimises w'Gu + c|g0| sqrt(w'Gw) over the simplex, c >= 0, exactly.
/// sqrt(w'Gw) = min over t of (w'Gw / t + t) / 2, so for a given t the answer is the point of the hull nearest to
/// -(t / c|g0|) g0; on the face it lies in, it moves linearly with t and the right t has a closed form. The search for
/// the face is bracketed, because w'Gw / t^2 falls with t. Squared norms up to `noise`, relative to the rows they are
/// sums of, count as zero; see gramian_noise.
CagradDual cagrad_dual(const Eigen::MatrixXd& gramian, double c, double noise);

}  // namespace reconcile
