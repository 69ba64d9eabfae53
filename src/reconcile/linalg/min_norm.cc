#include "reconcile/linalg/min_norm.h"

#include "reconcile/linalg/hull.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {

template <int N>
bounded::MinNormPoint<N> bounded::min_norm(const Matrix<N>& gramian, double noise) {
  const Eigen::Index T = gramian.rows();
  MinNormPoint<N> result{Vector<N>::Zero(T), 0.0, 0, ""};
  const Indices<N> zeros = rows_where(gramian, true);
  if (!zeros.empty()) {
    result.weights(zeros).setConstant(1.0 / static_cast<double>(zeros.size()));
    result.fallback = "zero row";
    return result;
  }
  const UnitRows<N> rows = unit_rows(gramian);
  Eigen::Index shortest = 0;
  const double length = rows.norms.minCoeff(&shortest);
  const HullProblem<N> problem{rows.cosines, length * rows.norms.cwiseInverse(), Vector<N>::Zero(T)};
  const HullPoint<N> point = nearest_in_hull(problem, Vector<N>::Unit(T, shortest));
  result.weights = point.v.cwiseProduct(problem.inverse_lengths);
  result.residual = point.residual;
  result.iterations = point.iterations;
  const double squared_norm = point.v.dot(rows.cosines * point.v);
  const double sum = point.v.sum();
  if (squared_norm <= noise * sum * sum) result.fallback = "stationary";
  return result;
}

template bounded::MinNormPoint<kOnStack> bounded::min_norm(const Matrix<kOnStack>&, double);
template MinNormPoint bounded::min_norm(const Eigen::MatrixXd&, double);

MinNormPoint min_norm(const Eigen::MatrixXd& gramian, double noise) {
  return with_bound(gramian, [&](const auto& g) {
    auto point = bounded::min_norm(g, noise);
    return MinNormPoint{point.weights, point.residual, point.iterations, std::move(point.fallback)};
  });
}

}  // namespace reconcile
