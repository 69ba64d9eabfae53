#include "reconcile/linalg/unit_rows.h"

#include <Eigen/Eigenvalues>

namespace reconcile {

namespace {

template <int N>
Eigen::MatrixXd cleaned(const bounded::Matrix<N>& gramian, double noise) {
  using bounded::Matrix;
  const bounded::Indices<N> kept = bounded::rows_where(gramian, false);
  if (kept.empty()) return gramian;
  const bounded::UnitRows<N> rows = bounded::unit_rows<N>(gramian, kept);
  const Eigen::SelfAdjointEigenSolver<Matrix<N>> eigen(rows.cosines);
  if (eigen.eigenvalues()(0) >= noise) return gramian;
  const bounded::Vector<N> values = (eigen.eigenvalues().array() < noise).select(0.0, eigen.eigenvalues());
  const Matrix<N> vectors = rows.norms.asDiagonal() * eigen.eigenvectors();  // [kept, kept]
  const Matrix<N> scaled = vectors * values.asDiagonal();
  const Matrix<N> clean = scaled * vectors.transpose();
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(gramian.rows(), gramian.cols());
  result(kept, kept) = Matrix<N>(clean.template selfadjointView<Eigen::Lower>());  // symmetric to the last bit
  return result;
}

}  // namespace

UnitRows unit_rows(const Eigen::MatrixXd& gramian) { return bounded::unit_rows(gramian); }

std::vector<int> rows_where(const Eigen::MatrixXd& gramian, bool is_zero) {
  return bounded::rows_where(gramian, is_zero);
}

Eigen::MatrixXd without_noise(const Eigen::MatrixXd& gramian, double noise) {
  return with_bound(gramian, [&]<int N>(const bounded::Matrix<N>& g) { return cleaned(g, noise); });
}

}  // namespace reconcile
