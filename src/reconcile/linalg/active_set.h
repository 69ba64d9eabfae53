#pragma once

#include <Eigen/Core>
#include <vector>

namespace reconcile {

/// Indices of the positive entries.
std::vector<int> support_of(const Eigen::VectorXd& v);

/// Goes from v >= 0 towards `target` until the first entry of the face reaches zero; that entry and no other is then
/// exactly zero. At least one entry of `target` on the face must not be positive.
void step_to_border(const std::vector<int>& face, const Eigen::VectorXd& target, Eigen::VectorXd& v);

/// Violations of optimality below this, relative to the numbers they are differences of, are rounding errors.
double rounding_tolerance(Eigen::Index num_rows);

}  // namespace reconcile
