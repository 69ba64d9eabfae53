#include "reconcile/linalg/simplex.h"

#include <algorithm>
#include <functional>

#include "reconcile/linalg/matrix.h"

namespace reconcile {

namespace {

template <int N>
Eigen::VectorXd nearest_on_simplex(const Eigen::VectorXd& point) {
  // w = max(x - threshold, 0); entries are counted from the largest. Only differences of the largest entry count, so a
  // common offset costs no accuracy.
  const bounded::Vector<N> x = point.array() - point.maxCoeff();
  bounded::Vector<N> sorted = x;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  double sum = 0;
  double threshold = 0;
  for (Eigen::Index count = 1; count <= sorted.size(); ++count) {
    sum += sorted(count - 1);
    const double candidate = (sum - 1) / static_cast<double>(count);
    if (sorted(count - 1) <= candidate) break;
    threshold = candidate;
  }
  return (x.array() - threshold).max(0.0);
}

}  // namespace

Eigen::VectorXd project_to_simplex(const Eigen::VectorXd& point) {
  return point.size() <= kOnStack ? nearest_on_simplex<kOnStack>(point) : nearest_on_simplex<Eigen::Dynamic>(point);
}

}  // namespace reconcile
