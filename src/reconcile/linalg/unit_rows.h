#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <vector>

namespace reconcile {

/// Rows known by their Gramian, taken apart into lengths and cosines. The solvers of this folder work on these: lengths
/// that spread over 24 decades then cost no accuracy.
struct UnitRows {
  Eigen::VectorXd norms;    ///< [T]
  Eigen::MatrixXd cosines;  ///< [T, T], ones on the diagonal
};

/// `gramian` [T, T] must have a positive diagonal.
UnitRows unit_rows(const Eigen::MatrixXd& gramian);

/// Indices of the rows that are (`is_zero`) or are not exactly zero.
std::vector<int> rows_where(const Eigen::MatrixXd& gramian, bool is_zero);

/// What rounding makes of a zero eigenvalue of T x T cosines, when the rows are stored and multiplied with the
/// precision `epsilon`. A squared length below it, relative to the rows it is a sum of, is as good as zero.
inline double gramian_noise(Eigen::Index num_rows, double epsilon = std::numeric_limits<double>::epsilon()) {
  return 8.0 * std::sqrt(static_cast<double>(num_rows)) * epsilon;
}

/// The Gramian with the eigenvalues of its cosines that are below `noise` set to zero, so that dependent rows look
/// dependent and no eigenvalue is negative. The same bits if there is none.
Eigen::MatrixXd without_noise(const Eigen::MatrixXd& gramian, double noise);

}  // namespace reconcile
