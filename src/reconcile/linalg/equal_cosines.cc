#include "reconcile/linalg/equal_cosines.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "reconcile/linalg/unit_rows.h"

namespace reconcile {

namespace {

using Eigen::VectorXd;

template <int N>
EqualCosines solve_cosines(const bounded::Matrix<N>& gramian, const bounded::VectorArgument<N>& target, double noise) {
  using Vector = bounded::Vector<N>;
  const bounded::Indices<N> kept = bounded::rows_where(gramian, false);
  EqualCosines result{VectorXd::Zero(gramian.rows()), 0, "", !kept.empty()};
  if (static_cast<Eigen::Index>(kept.size()) < gramian.rows()) result.fallback = "zero row";
  if (kept.empty()) return result;
  const bounded::UnitRows<N> rows = bounded::unit_rows<N>(gramian, kept);
  const Vector wanted = target(kept);
  const Eigen::SelfAdjointEigenSolver<bounded::Matrix<N>> eigen(rows.cosines);
  const Vector shares = eigen.eigenvectors().transpose() * wanted;
  const auto is_zero = eigen.eigenvalues().array() < noise;
  const Vector lost = is_zero.select(shares, 0.0);
  if (lost.norm() > std::sqrt(noise) * wanted.norm()) {
    result.exists = false;
    result.fallback += result.fallback.empty() ? "dependent rows" : ", dependent rows";
    return result;
  }
  const Vector y = eigen.eigenvectors() * is_zero.select(0.0, shares.cwiseQuotient(eigen.eigenvalues()));
  const double size = y.cwiseAbs().sum() + wanted.maxCoeff();
  const Vector reachable = wanted - eigen.eigenvectors() * lost;
  result.residual = (rows.cosines * y - reachable).cwiseAbs().maxCoeff() / size;
  result.coefficients(kept) = y;
  return result;
}

}  // namespace

EqualCosines equal_cosines(const Eigen::MatrixXd& gramian, const VectorXd& target, double noise) {
  return with_bound(gramian, [&]<int N>(const bounded::Matrix<N>& g) { return solve_cosines<N>(g, target, noise); });
}

}  // namespace reconcile
