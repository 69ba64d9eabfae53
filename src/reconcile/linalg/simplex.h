#pragma once

#include <Eigen/Core>

namespace reconcile {

/// The point of the simplex {w >= 0, sum w = 1} that is nearest to `x` [T], T >= 1: w_i = max(x_i - shift, 0), exactly,
/// by sorting. Entries of any size are fine.
Eigen::VectorXd project_on_simplex(const Eigen::VectorXd& x);

}  // namespace reconcile
