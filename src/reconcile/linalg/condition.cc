#include "reconcile/linalg/condition.h"

#include <Eigen/Eigenvalues>

#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

template <int N>
double ratio_of_eigenvalues(const bounded::Matrix<N>& gramian, double noise) {
  if (!bounded::rows_where(gramian, true).empty()) return 0.0;
  const bounded::UnitRows<N> rows = bounded::unit_rows<N>(gramian);
  const Eigen::SelfAdjointEigenSolver<bounded::Matrix<N>> eigen(rows.cosines, Eigen::EigenvaluesOnly);
  const auto& values = eigen.eigenvalues();  // ascending
  return values(0) < noise ? 0.0 : values(0) / values(values.size() - 1);
}

}  // namespace

double inverse_condition(const Eigen::MatrixXd& gramian, double noise) {
  return with_bound(gramian, [&]<int N>(const bounded::Matrix<N>& g) { return ratio_of_eigenvalues(g, noise); });
}

}  // namespace reconcile
