#include "reconcile/linalg/dual_cone.h"

#include <algorithm>

#include "reconcile/linalg/complementarity.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace bounded {
namespace {

/// Projections of combinations of unit rows, added up.
template <int N>
struct Sum {
  Sum(const UnitRows<N>& unit_rows, double noise_level) : rows(unit_rows), noise(noise_level) {
    widened.diagonal().array() += noise;
  }

  const UnitRows<N>& rows;
  double noise;
  Matrix<N> widened = rows.cosines;
  Vector<N> coefficients = Vector<N>::Zero(rows.norms.size());  ///< of the unit rows
  ConePoint<N> result{{}, 0, 0, "stationary"};

  /// Adds `scale` times the projection of the unit rows' combination u >= 0.
  void add(const Vector<N>& u, double scale) {
    const Complementary<N> solution = solve_complementarity(widened, rows.cosines * u);
    const Vector<N> v = u + solution.y;
    result.residual = std::max(result.residual, solution.residual);
    result.iterations += solution.iterations;
    if (v.dot(rows.cosines * v) <= noise * v.sum() * v.sum()) return;
    coefficients += scale * v;
    result.fallback.clear();
  }

  ConePoint<N> finish(const Indices<N>& kept, Eigen::Index num_rows) {
    result.weights = Vector<N>::Zero(num_rows);
    result.weights(kept) = coefficients.cwiseQuotient(rows.norms);
    return result;
  }
};

}  // namespace

template <int N>
ConePoint<N> project_to_dual_cone(const Matrix<N>& gramian, const VectorArgument<N>& target, double noise) {
  const Indices<N> kept = rows_where(gramian, false);
  const UnitRows<N> rows = unit_rows<N>(gramian, kept);
  Sum<N> sum(rows, noise);
  const Vector<N> lengths = target(kept).cwiseProduct(rows.norms);
  const double longest = kept.empty() ? 0.0 : lengths.maxCoeff();
  if (longest > 0) sum.add(lengths / longest, longest);
  return sum.finish(kept, gramian.rows());
}

template <int N>
ConePoint<N> project_rows_to_dual_cone(const Matrix<N>& gramian, const VectorArgument<N>& target, double noise) {
  const Indices<N> kept = rows_where(gramian, false);
  const UnitRows<N> rows = unit_rows<N>(gramian, kept);
  Sum<N> sum(rows, noise);
  for (Eigen::Index i = 0; i < rows.norms.size(); ++i) {
    const double length = target(kept[i]) * rows.norms(i);
    if (length > 0) sum.add(Vector<N>::Unit(rows.norms.size(), i), length);
  }
  return sum.finish(kept, gramian.rows());
}

template ConePoint<kOnStack> project_to_dual_cone(const Matrix<kOnStack>&, const Vector<kOnStack>&, double);
template ConePoint<Eigen::Dynamic> project_to_dual_cone(const Eigen::MatrixXd&, const Eigen::VectorXd&, double);

}  // namespace bounded

namespace {

template <int N>
ConePoint on_heap(bounded::ConePoint<N> point) {
  return {point.weights, point.residual, point.iterations, std::move(point.fallback)};
}

}  // namespace

ConePoint project_to_dual_cone(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& target, double noise) {
  return with_bound(gramian, [&](const auto& g) { return on_heap(bounded::project_to_dual_cone(g, target, noise)); });
}

ConePoint project_rows_to_dual_cone(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& target, double noise) {
  return with_bound(gramian,
                    [&](const auto& g) { return on_heap(bounded::project_rows_to_dual_cone(g, target, noise)); });
}

}  // namespace reconcile
