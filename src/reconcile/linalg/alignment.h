#pragma once

#include <Eigen/Core>
#include <string>

namespace reconcile {

/// Rows made orthogonal to each other and equally long, as near to what they were as that allows.
struct Alignment {
  /// [T], the direction rows' weights = s * sum over k of <w_k, target> u_k, where rows = sum of sigma_k w_k u_k'.
  Eigen::VectorXd weights;
  Eigen::VectorXd singular_values;  ///< [rank], of the rows, ascending
  /// max|<u_j, u_k>| for j != k: 0 for the exact answer.
  double residual = 0;
};

/// The length s of the aligned rows: the smallest, the (lower) median or the root mean square of the singular values.
enum class AlignedLength { kSmallest, kMedian, kRootMeanSquare };

/// Singular values and vectors from the Gramian, each to its own relative precision, however much the rows differ in
/// length: one-sided Jacobi rotations of the triangular factor of the rows, sorted by length. `target` [T];
/// eigenvectors of the cosines whose eigenvalue is below `smallest` are left out.
Alignment align_rows(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& target, AlignedLength length,
                     double smallest);

}  // namespace reconcile
