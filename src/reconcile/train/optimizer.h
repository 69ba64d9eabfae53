#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/safetensors.h"
#include "reconcile/train/update_rule.h"

namespace reconcile {

/// How parameters move.
struct OptimizerOptions {
  std::string name = "sgd";
  double lr = 0.1;
  double momentum = 0.9;      ///< sgd
  double weight_decay = 0.0;  ///< added to the gradient
  double beta1 = 0.9;         ///< adam
  double beta2 = 0.999;       ///< adam
  double eps = 1e-8;          ///< adam
};
const OptionTable<OptimizerOptions>& optimizer_options();

/// What stands for one parameter, all of its shape; `second` is undefined for sgd.
struct UpdateTensors {
  at::Tensor parameter, gradient, first, second;
};

/// SGD with momentum (v = m v + g, p -= lr v) or Adam with bias correction (Kingma and Ba, arXiv:1412.6980, algorithm
/// 1). Written here rather than taken from LibTorch so that every number of its memory has a name in a checkpoint, and
/// so that a step is one pass over all parameters, their gradients and their memory.
class Optimizer {
 public:
  /// `gradients[i]` is where the gradient of `parameters[i]` stands at each step. The last `num_undecayed` parameters
  /// have no weight decay. The learning rate of parameter i is multiplied by `factors[i]`, if there are any.
  Optimizer(const OptimizerOptions& options, NamedTensors parameters, std::vector<at::Tensor> gradients,
            size_t num_undecayed = 0, std::vector<double> factors = {});

  /// Moves every parameter by its gradient.
  void step(double learning_rate);

  /// Moments and step count.
  [[nodiscard]] NamedTensors state() const;
  /// Copies values in. StateError if a name or shape differs.
  void load_state(const NamedTensors& state);

 private:
  [[nodiscard]] UpdateRule rule_of(size_t i, double learning_rate) const;

  OptimizerOptions options_;
  std::vector<std::string> names_;
  std::vector<UpdateTensors> tensors_;
  std::vector<double> decays_;   ///< weight decay of each parameter
  std::vector<double> factors_;  ///< of its learning rate
  at::Tensor steps_;             ///< int64 [1]
};

}  // namespace reconcile
