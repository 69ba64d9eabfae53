#include "reconcile/aggregators/aggregator.h"

#include <fmt/ranges.h>

#include <cmath>

#include "reconcile/aggregators/inputs.h"
#include "reconcile/base/error.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {

Aggregation weighted(const Eigen::VectorXd& weights, std::map<std::string, double> diagnostics, std::string fallback) {
  return {std::vector<double>(weights.begin(), weights.end()), std::move(diagnostics), std::move(fallback)};
}

void Aggregator::load_state(const NamedTensors& state) {
  if (!state.empty()) {
    fail<StateError>(
        "aggregator: the checkpoint holds \"{}\" for a method without state. "
        "Resume with the method that was trained.",
        state.front().first);
  }
}

void require_finite(const Eigen::MatrixXd& gramian) {
  std::vector<Eigen::Index> tasks;
  for (Eigen::Index t = 0; t < gramian.rows(); ++t) {
    if (!std::isfinite(gramian(t, t))) tasks.push_back(t);
  }
  if (tasks.empty()) return;
  fail<NotFinite>(
      "aggregator: the gradients of task {} are not finite, or too large to be squared. Lower the learning rate, "
      "or look for log(0) and divisions by 0 in the loss.",
      fmt::join(tasks, ", "));
}

Aggregation GramianAggregator::weigh_step(const TaskGradients& /*gradients*/, const Eigen::MatrixXd& gramian,
                                          double noise, Rng& rng) {
  return weigh(gramian, noise, rng);
}

Aggregation GramianAggregator::operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) {
  const double noise = rounding_noise(gradients);
  Aggregation result = weigh_step(gradients, without_noise(finite_gramian(gradients), noise), noise, rng);
  gradients.combine(*result.weights, gradient);
  return result;
}

Aggregation ConstantAggregator::operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) {
  finite_gramian(gradients);
  Aggregation result{constant_weights(gradients.num_tasks()), {}, ""};
  gradients.combine(*result.weights, gradient);
  return result;
}

}  // namespace reconcile
