#pragma once

#include <Eigen/Core>

namespace reconcile {

/// The point of the simplex {w : w >= 0, sum w = 1} nearest to `point` [T], T >= 1, finite. Exact; cost T log T.
Eigen::VectorXd project_to_simplex(const Eigen::VectorXd& point);

}  // namespace reconcile
