#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>

namespace reconcile {

/// A copy of a tensor [T, T] of any type and place for the solvers of this folder.
Eigen::MatrixXd to_matrix(const at::Tensor& gramian);

}  // namespace reconcile
