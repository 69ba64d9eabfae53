#include "reconcile/linalg/active_set.h"

#include <limits>

namespace reconcile {

std::vector<int> support_of(const Eigen::VectorXd& v) {
  std::vector<int> support;
  for (int i = 0; i < v.size(); ++i) {
    if (v(i) > 0) support.push_back(i);
  }
  return support;
}

void step_to_border(const std::vector<int>& face, const Eigen::VectorXd& target, Eigen::VectorXd& v) {
  double step = 1;
  int leaving = -1;
  for (const int i : face) {
    if (target(i) > 0) continue;
    const double limit = v(i) > 0 ? v(i) / (v(i) - target(i)) : 0.0;
    if (leaving < 0 || limit < step) {
      step = limit;
      leaving = i;
    }
  }
  v += step * (target - v);
  v = v.cwiseMax(0.0);
  v(leaving) = 0;
}

double rounding_tolerance(Eigen::Index num_rows) {
  return 8.0 * static_cast<double>(num_rows) * std::numeric_limits<double>::epsilon();
}

}  // namespace reconcile
