#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>

namespace reconcile {

/// A copy of a float64 CPU tensor [T, T] for the solvers of this folder.
Eigen::MatrixXd to_matrix(const at::Tensor& gramian);

}  // namespace reconcile
