#pragma once

#include <vector>

#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {

/// Task weights z = softmax(x) whose logits x [T] move by Adam with a learning rate of their own, starting at 0.
class TaskLogits {
 public:
  explicit TaskLogits(int64_t num_tasks);

  [[nodiscard]] std::vector<double> logits() const;
  [[nodiscard]] std::vector<double> weights() const;

  /// J' v, the gradient with respect to the logits that v [T] with respect to the weights gives; J = dz/dx.
  [[nodiscard]] std::vector<double> pull(const std::vector<double>& v) const;
  /// One step of Adam (0.9, 0.999) with `gradient` [T] of the logits plus weight_decay * logits. Adam's usual 1e-8 is
  /// added to the root of the mean square.
  void adam(const std::vector<double>& gradient, double learning_rate, double weight_decay = 0.0);

  /// logits, moment1, moment2, num_steps.
  [[nodiscard]] NamedTensors state() const;

 private:
  at::Tensor logits_, moment1_, moment2_, num_steps_;
};

}  // namespace reconcile
