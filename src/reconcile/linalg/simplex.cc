#include "reconcile/linalg/simplex.h"

#include <algorithm>
#include <functional>

namespace reconcile {

Eigen::VectorXd project_on_simplex(const Eigen::VectorXd& x) {
  // Relative to the largest entry, or the 1 of the sum would drown beside huge entries.
  const Eigen::VectorXd centred = x.array() - x.maxCoeff();
  Eigen::VectorXd sorted = centred;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  double sum = 0;
  double shift = -1;
  for (Eigen::Index k = 0; k < sorted.size(); ++k) {
    sum += sorted(k);
    const double candidate = (sum - 1) / static_cast<double>(k + 1);
    if (sorted(k) <= candidate) break;
    shift = candidate;
  }
  return (centred.array() - shift).max(0.0);
}

}  // namespace reconcile
