#pragma once

#include <Eigen/Core>
#include <string>

namespace reconcile {

/// The direction that has given cosines, up to a factor, with every row.
struct EqualCosines {
  /// [T], coefficients y of the unit rows r_i: <r_i, sum of y_j r_j> = target_i. The shortest, if rows are dependent;
  /// zero for rows that are zero.
  Eigen::VectorXd coefficients;
  /// max over i of |<r_i, sum of y_j r_j> - target_i| over (sum|y| + max|target|), the target without the share below
  /// sqrt(noise) that rounding makes unreachable. About 1e-15 when solved.
  double residual = 0;
  /// "", or "zero row" (zero rows are left out) and "dependent rows" (no direction has these cosines; the coefficients
  /// mean nothing), or both.
  std::string fallback;
  bool exists = true;
};

/// Solves it for target [T] > 0 by the eigenvectors of the cosines. Eigenvalues below `noise` count as zero; see
/// gramian_noise. There is no such direction if the target has a share above sqrt(noise) in their eigenvectors.
EqualCosines equal_cosines(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& target, double noise);

}  // namespace reconcile
