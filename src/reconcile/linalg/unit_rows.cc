#include "reconcile/linalg/unit_rows.h"

#include <Eigen/Eigenvalues>

namespace reconcile {

UnitRows unit_rows(const Eigen::MatrixXd& gramian) {
  UnitRows rows;
  rows.norms = gramian.diagonal().cwiseSqrt();
  const Eigen::VectorXd inverse = rows.norms.cwiseInverse();
  rows.cosines = inverse.asDiagonal() * gramian * inverse.asDiagonal();
  rows.cosines.diagonal().setOnes();
  return rows;
}

std::vector<int> rows_where(const Eigen::MatrixXd& gramian, bool is_zero) {
  std::vector<int> rows;
  for (int t = 0; t < gramian.rows(); ++t) {
    if ((gramian(t, t) <= 0) == is_zero) rows.push_back(t);
  }
  return rows;
}

Eigen::MatrixXd without_noise(const Eigen::MatrixXd& gramian, double noise) {
  const std::vector<int> kept = rows_where(gramian, false);
  if (kept.empty()) return gramian;
  const UnitRows rows = unit_rows(gramian(kept, kept));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(rows.cosines);
  if (eigen.eigenvalues()(0) >= noise) return gramian;
  const Eigen::VectorXd values = (eigen.eigenvalues().array() < noise).select(0.0, eigen.eigenvalues());
  const Eigen::MatrixXd vectors = rows.norms.asDiagonal() * eigen.eigenvectors();  // [kept, kept]
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(gramian.rows(), gramian.cols());
  const Eigen::MatrixXd clean = vectors * values.asDiagonal() * vectors.transpose();
  result(kept, kept) = Eigen::MatrixXd(clean.selfadjointView<Eigen::Lower>());  // symmetric to the last bit
  return result;
}

}  // namespace reconcile
