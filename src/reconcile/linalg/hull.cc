#include "reconcile/linalg/hull.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "reconcile/linalg/active_set.h"

namespace reconcile {
namespace {

/// How far every row violates optimality, relative to the size of the numbers compared; see HullPoint::residual.
Eigen::VectorXd violations(const HullProblem& problem, const FacePoint& point) {
  const double sum = point.v.cwiseAbs().sum();
  const Eigen::ArrayXd b = problem.inverse_lengths.array();
  const Eigen::ArrayXd gradient = (problem.cosines * point.v + problem.linear).array();
  const double scale = sum + problem.linear.cwiseAbs().maxCoeff();
  return (point.multiplier * b - gradient) / (scale * (1.0 + b * sum));
}

}  // namespace

FacePoint minimise_on_face(const HullProblem& problem, const std::vector<int>& face, double total) {
  // The constraint is solved for the shortest row of the face. Its v can be tiny beside the others, and still decides.
  std::vector<int> others = face;
  const auto shorter = [&](int i, int j) { return problem.inverse_lengths(i) < problem.inverse_lengths(j); };
  const auto place = std::max_element(others.begin(), others.end(), shorter);
  const int shortest = *place;
  others.erase(place);
  const double b = problem.inverse_lengths(shortest);
  FacePoint point{Eigen::VectorXd::Zero(problem.linear.size()), 0.0};
  point.v(shortest) = total / b;
  if (!others.empty()) {
    const Eigen::VectorXd ratio = problem.inverse_lengths(others) / b;
    const Eigen::VectorXd cosine = problem.cosines(others, shortest);
    const Eigen::VectorXd linear = problem.linear(others);
    Eigen::MatrixXd matrix = problem.cosines(others, others);  // of r_i - ratio_i r_shortest
    matrix += ratio * ratio.transpose() - ratio * cosine.transpose() - cosine * ratio.transpose();
    const Eigen::VectorXd v =
        matrix.ldlt().solve((ratio - cosine) * (total / b) + ratio * problem.linear(shortest) - linear);
    point.v(others) = v;
    point.v(shortest) -= ratio.dot(v);
  }
  point.multiplier = (problem.cosines.row(shortest).dot(point.v) + problem.linear(shortest)) / b;
  return point;
}

HullPoint nearest_in_hull(const HullProblem& problem, const Eigen::VectorXd& start) {
  HullPoint best{start, support_of(start), 0.0, 0};
  std::vector<int> face = best.support;
  Eigen::VectorXd violation;
  Eigen::Array<bool, Eigen::Dynamic, 1> excluded;
  int entering = -1;
  for (int remaining = 50 + 20 * static_cast<int>(start.size()); remaining > 0; --remaining) {
    ++best.iterations;
    FacePoint point = minimise_on_face(problem, face, 1.0);
    if (entering >= 0 && !(point.v(entering) > 0)) {
      excluded(entering) = true;  // only rounding made it look violated
    } else {
      while (!(point.v(face).minCoeff() > 0)) {
        step_to_border(face, point.v, best.v);
        face = support_of(best.v);
        point = minimise_on_face(problem, face, 1.0);
      }
      best.v = point.v;
      best.support = face;
      violation = violations(problem, point);
      best.residual = std::max(violation.maxCoeff(), 0.0);
      excluded = best.v.array() > 0;
    }
    if (!(excluded.select(0.0, violation).maxCoeff(&entering) > rounding_tolerance(start.size()))) break;
    face = best.support;
    face.push_back(entering);
  }
  return best;
}

}  // namespace reconcile
