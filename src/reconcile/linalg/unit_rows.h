#pragma once

#include <Eigen/Core>
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

/// What rounding can leave of a zero in a sum over T unit rows in double.
inline double rounding_noise(Eigen::Index num_rows) {
  return 8.0 * static_cast<double>(num_rows) * std::numeric_limits<double>::epsilon();
}

/// The Gramian without what rounding added to it: eigenvalues of its cosines below 4 T `epsilon` (the precision of the type
/// that the products were summed in) become zero, so that dependent rows look dependent. Otherwise the same bits.
Eigen::MatrixXd without_noise(const Eigen::MatrixXd& gramian, double epsilon);

}  // namespace reconcile
