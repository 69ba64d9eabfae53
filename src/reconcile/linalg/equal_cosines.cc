#include "reconcile/linalg/equal_cosines.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "reconcile/linalg/unit_rows.h"

namespace reconcile {

using Eigen::VectorXd;

EqualCosines equal_cosines(const Eigen::MatrixXd& gramian, const VectorXd& target, double noise) {
  const std::vector<int> kept = rows_where(gramian, false);
  EqualCosines result{VectorXd::Zero(gramian.rows()), 0, "", !kept.empty()};
  if (static_cast<Eigen::Index>(kept.size()) < gramian.rows()) result.fallback = "zero row";
  if (kept.empty()) return result;
  const UnitRows rows = unit_rows(gramian(kept, kept));
  const VectorXd wanted = target(kept);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(rows.cosines);
  const VectorXd shares = eigen.eigenvectors().transpose() * wanted;
  const auto is_zero = eigen.eigenvalues().array() < noise;
  const VectorXd lost = is_zero.select(shares, 0.0);
  if (lost.norm() > std::sqrt(noise) * wanted.norm()) {
    result.exists = false;
    result.fallback += result.fallback.empty() ? "dependent rows" : ", dependent rows";
    return result;
  }
  const VectorXd y = eigen.eigenvectors() * is_zero.select(0.0, shares.cwiseQuotient(eigen.eigenvalues()));
  const double size = y.cwiseAbs().sum() + wanted.maxCoeff();
  const VectorXd reachable = wanted - eigen.eigenvectors() * lost;
  result.residual = (rows.cosines * y - reachable).cwiseAbs().maxCoeff() / size;
  result.coefficients(kept) = y;
  return result;
}

}  // namespace reconcile
