#include "reconcile/aggregators/inputs.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/base/error.h"
#include "reconcile/core/layer_gramians.h"
#include "reconcile/linalg/gramian.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {

Eigen::MatrixXd finite_gramian(const TaskGradients& gradients) {
  Eigen::MatrixXd gramian = to_matrix(gradients.gramian());
  require_finite(gramian);
  return gramian;
}

Eigen::ArrayXd finite_norms(const TaskGradients& gradients) {
  return finite_gramian(gradients).diagonal().array().sqrt();
}

double rounding_noise(const TaskGradients& gradients) {
  return gramian_noise(gradients.num_tasks(), gradients.options().dtype() == at::kDouble
                                                  ? std::numeric_limits<double>::epsilon()
                                                  : std::numeric_limits<float>::epsilon());
}

Eigen::MatrixXd independent_gramian(const TaskGradients& gradients, const std::string& method) {
  const auto& batches = gradients.independent;
  if (batches.size() != 2) {
    fail<StateError>(
        "aggregator \"{}\": the step brought {} batches, it needs 3 that are drawn independently. Draw as many as "
        "batches_per_step says.",
        method, batches.size() + 1);
  }
  Eigen::MatrixXd gramian = to_matrix(compute_cross_gramian(batches[0], batches[1]));
  require_finite(gramian);  // entry (t, t) is made of task t alone
  return gramian;
}

Eigen::ArrayXd positive_losses(const TaskGradients& gradients, const std::string& method) {
  const auto& losses = gradients.losses;
  if (static_cast<int64_t>(losses.size()) != gradients.num_tasks()) {
    fail<StateError>("aggregator \"{}\": {} losses for {} tasks. Set TaskGradients::losses.", method, losses.size(),
                     gradients.num_tasks());
  }
  for (size_t t = 0; t < losses.size(); ++t) {
    if (losses[t] > 0 && std::isfinite(losses[t])) continue;
    fail<StateError>("aggregator \"{}\": the loss of task {} is {}, it must be positive. Choose a loss that is.",
                     method, t, losses[t]);
  }
  return Eigen::Map<const Eigen::ArrayXd>(losses.data(), static_cast<Eigen::Index>(losses.size()));
}

}  // namespace reconcile
