#pragma once

#include <Eigen/Core>

namespace reconcile {

/// Smallest by largest eigenvalue of the cosines of rows known by their Gramian [T, T]: 1 for orthogonal rows, 0 where
/// they are dependent or one of them is zero. Eigenvalues below `noise` (gramian_noise) are as good as zero.
double inverse_condition(const Eigen::MatrixXd& gramian, double noise);

}  // namespace reconcile
