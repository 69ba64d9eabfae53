#pragma once

#include <limits>

#include "reconcile/linalg/matrix.h"

namespace reconcile::bounded {

/// Indices of the positive entries.
template <int N>
Indices<N> support_of(const Vector<N>& v) {
  Indices<N> support;
  for (int i = 0; i < v.size(); ++i) {
    if (v(i) > 0) support.push_back(i);
  }
  return support;
}

/// Goes from v >= 0 towards `target` until the first entry of the face reaches zero; that entry and no other is then
/// exactly zero. At least one entry of `target` on the face must not be positive.
template <int N>
void step_to_border(const Indices<N>& face, const VectorArgument<N>& target, Vector<N>& v) {
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

/// Violations of optimality below this, relative to the numbers they are differences of, are rounding errors.
inline double rounding_tolerance(Eigen::Index num_rows) {
  return 8.0 * static_cast<double>(num_rows) * std::numeric_limits<double>::epsilon();
}

}  // namespace reconcile::bounded
