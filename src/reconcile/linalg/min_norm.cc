#include "reconcile/linalg/min_norm.h"

#include "reconcile/linalg/hull.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {

MinNormPoint min_norm(const Eigen::MatrixXd& gramian, double noise) {
  const Eigen::Index T = gramian.rows();
  MinNormPoint result{Eigen::VectorXd::Zero(T), 0.0, 0, ""};
  const std::vector<int> zeros = rows_where(gramian, true);
  if (!zeros.empty()) {
    result.weights(zeros).setConstant(1.0 / static_cast<double>(zeros.size()));
    result.fallback = "zero row";
    return result;
  }
  const UnitRows rows = unit_rows(gramian);
  Eigen::Index shortest = 0;
  const double length = rows.norms.minCoeff(&shortest);
  const HullProblem problem{rows.cosines, length * rows.norms.cwiseInverse(), Eigen::VectorXd::Zero(T)};
  const HullPoint point = nearest_in_hull(problem, Eigen::VectorXd::Unit(T, shortest));
  result.weights = point.v.cwiseProduct(problem.inverse_lengths);
  result.residual = point.residual;
  result.iterations = point.iterations;
  const double squared_norm = point.v.dot(rows.cosines * point.v);
  const double sum = point.v.sum();
  if (squared_norm <= noise * sum * sum) result.fallback = "stationary";
  return result;
}

}  // namespace reconcile
