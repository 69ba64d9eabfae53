#pragma once

#include <cmath>
#include <limits>

#include "reconcile/linalg/matrix.h"

namespace reconcile {

namespace bounded {

/// Rows known by their Gramian, taken apart into lengths and cosines. The solvers of this folder work on these: lengths
/// that spread over 24 decades then cost no accuracy.
template <int N>
struct UnitRows {
  Vector<N> norms;    ///< [T]
  Matrix<N> cosines;  ///< [T, T], ones on the diagonal
};

template <int N>
UnitRows<N> unit_rows(const Matrix<N>& gramian) {
  UnitRows<N> rows;
  rows.norms = gramian.diagonal().cwiseSqrt();
  const Vector<N> inverse = rows.norms.cwiseInverse();
  rows.cosines = inverse.asDiagonal() * gramian * inverse.asDiagonal();
  rows.cosines.diagonal().setOnes();
  return rows;
}

template <int N>
Indices<N> rows_where(const Matrix<N>& gramian, bool is_zero) {
  Indices<N> rows;
  for (int t = 0; t < gramian.rows(); ++t) {
    if ((gramian(t, t) <= 0) == is_zero) rows.push_back(t);
  }
  return rows;
}

/// unit_rows of the rows `kept`.
template <int N>
UnitRows<N> unit_rows(const Matrix<N>& gramian, const Indices<N>& kept) {
  return unit_rows<N>(Matrix<N>(gramian(kept, kept)));
}

}  // namespace bounded

using UnitRows = bounded::UnitRows<Eigen::Dynamic>;

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
