#include "reconcile/scalarizers/task_logits.h"

#include <cmath>
#include <numeric>

#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {

TaskLogits::TaskLogits(int64_t num_tasks)
    : logits_(make_memory(num_tasks)),
      moment1_(make_memory(num_tasks)),
      moment2_(make_memory(num_tasks)),
      num_steps_(make_memory(1)) {}

std::vector<double> TaskLogits::logits() const {
  const auto logits = numbers(logits_);
  return {logits.begin(), logits.end()};
}

std::vector<double> TaskLogits::weights() const { return softmax(logits()); }

std::vector<double> TaskLogits::pull(const std::vector<double>& v) const {
  std::vector<double> result = weights();
  const double mean = std::inner_product(result.begin(), result.end(), v.begin(), 0.0);
  for (size_t t = 0; t < result.size(); ++t) result[t] *= v[t] - mean;
  return result;
}

void TaskLogits::adam(const std::vector<double>& gradient, double learning_rate, double weight_decay) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  const double steps = numbers(num_steps_)[0] += 1;
  for (size_t t = 0; t < gradient.size(); ++t) {
    double& x = numbers(logits_)[t];
    double& m = numbers(moment1_)[t];
    double& v = numbers(moment2_)[t];
    const double g = gradient[t] + weight_decay * x;
    m += (1 - kBeta1) * (g - m);
    v += (1 - kBeta2) * (g * g - v);
    const double root = std::sqrt(v / (1 - std::pow(kBeta2, steps)));
    x -= learning_rate * (m / (1 - std::pow(kBeta1, steps))) / (root + 1e-8);
  }
}

NamedTensors TaskLogits::state() const {
  return {{"logits", logits_}, {"moment1", moment1_}, {"moment2", moment2_}, {"num_steps", num_steps_}};
}

}  // namespace reconcile
