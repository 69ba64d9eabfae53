#include "reconcile/linalg/hull.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "reconcile/linalg/active_set.h"

namespace reconcile::bounded {
namespace {

/// How far every row violates optimality, relative to the size of the numbers compared; see HullPoint::residual.
template <int N>
Vector<N> violations(const HullProblem<N>& problem, const FacePoint<N>& point) {
  const double sum = point.v.cwiseAbs().sum();
  const Array<N> b = problem.inverse_lengths.array();
  const Array<N> gradient = (problem.cosines * point.v + problem.linear).array();
  const double scale = sum + problem.linear.cwiseAbs().maxCoeff();
  return (point.multiplier * b - gradient) / (scale * (1.0 + b * sum));
}

}  // namespace

template <int N>
FacePoint<N> minimise_on_face(const HullProblem<N>& problem, const Indices<N>& face, double total) {
  // The constraint is solved for the shortest row of the face. Its v can be tiny beside the others, and still decides.
  Indices<N> others = face;
  const auto shorter = [&](int i, int j) { return problem.inverse_lengths(i) < problem.inverse_lengths(j); };
  const auto place = std::max_element(others.begin(), others.end(), shorter);
  const int shortest = *place;
  others.erase(place);
  const double b = problem.inverse_lengths(shortest);
  FacePoint<N> point{Vector<N>::Zero(problem.linear.size()), 0.0};
  point.v(shortest) = total / b;
  if (!others.empty()) {
    const Vector<N> ratio = problem.inverse_lengths(others) / b;
    const Vector<N> cosine = problem.cosines(others, shortest);
    const Vector<N> linear = problem.linear(others);
    Matrix<N> matrix = problem.cosines(others, others);  // of r_i - ratio_i r_shortest
    matrix += ratio * ratio.transpose() - ratio * cosine.transpose() - cosine * ratio.transpose();
    const Vector<N> v = matrix.ldlt().solve((ratio - cosine) * (total / b) + ratio * problem.linear(shortest) - linear);
    point.v(others) = v;
    point.v(shortest) -= ratio.dot(v);
  }
  point.multiplier = (problem.cosines.row(shortest).dot(point.v) + problem.linear(shortest)) / b;
  return point;
}

template <int N>
HullPoint<N> nearest_in_hull(const HullProblem<N>& problem, const VectorArgument<N>& start) {
  HullPoint<N> best{start, support_of<N>(start), 0.0, 0};
  Indices<N> face = best.support;
  Vector<N> violation;
  Mask<N> excluded;
  int entering = -1;
  for (int remaining = 50 + 20 * static_cast<int>(start.size()); remaining > 0; --remaining) {
    ++best.iterations;
    FacePoint<N> point = minimise_on_face(problem, face, 1.0);
    if (entering >= 0 && !(point.v(entering) > 0)) {
      excluded(entering) = true;  // only rounding made it look violated
    } else {
      while (!(point.v(face).minCoeff() > 0)) {
        step_to_border<N>(face, point.v, best.v);
        face = support_of<N>(best.v);
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

template FacePoint<kOnStack> minimise_on_face(const HullProblem<kOnStack>&, const Indices<kOnStack>&, double);
template FacePoint<Eigen::Dynamic> minimise_on_face(const HullProblem<Eigen::Dynamic>&, const std::vector<int>&,
                                                    double);
template HullPoint<kOnStack> nearest_in_hull(const HullProblem<kOnStack>&, const Vector<kOnStack>&);
template HullPoint<Eigen::Dynamic> nearest_in_hull(const HullProblem<Eigen::Dynamic>&, const Eigen::VectorXd&);

}  // namespace reconcile::bounded
