#pragma once

#include <Eigen/Core>
#include <string>

#include "reconcile/core/task_gradients.h"

namespace reconcile {

/// The Gramian [T, T] of the rows. NotFinite naming the tasks whose gradients are not finite.
Eigen::MatrixXd finite_gramian(const TaskGradients& gradients);

/// Lengths [T] of the rows. NotFinite naming the tasks whose gradients are not finite.
Eigen::ArrayXd finite_norms(const TaskGradients& gradients);

/// gramian_noise of the rows' number and type.
double rounding_noise(const TaskGradients& gradients);

/// J1 J2' [T, T] of the rows of the step's second and third batch, J1 and J2. StateError if `method` was not given
/// them, NotFinite naming the tasks whose gradients are not finite there.
Eigen::MatrixXd independent_gramian(const TaskGradients& gradients, const std::string& method);

/// The losses [T]. StateError if `method` was not given one for each task, or if one is not positive.
Eigen::ArrayXd positive_losses(const TaskGradients& gradients, const std::string& method);

}  // namespace reconcile
