#include "reconcile/train/optimizer.h"

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/base/error.h"

namespace reconcile {

const OptionTable<OptimizerOptions>& optimizer_options() {
  using O = OptimizerOptions;
  static const OptionTable<O> table{
      option("name", &O::name, one_of({"sgd", "adam"}), "update rule"),
      option("lr", &O::lr, above(0), "learning rate at the start"),
      option("momentum", &O::momentum, between(0, 1), "sgd: share of the last step that is kept"),
      option("weight_decay", &O::weight_decay, at_least(0), "times the parameter, added to its gradient"),
      option("beta1", &O::beta1, between(0, 1), "adam: decay of the mean gradient"),
      option("beta2", &O::beta2, between(0, 1), "adam: decay of the mean squared gradient"),
      option("eps", &O::eps, at_least(0), "adam: added to the root of the mean square"),
  };
  return table;
}

Optimizer::Optimizer(const OptimizerOptions& options, NamedTensors parameters, std::vector<at::Tensor> gradients,
                     size_t num_undecayed, std::vector<double> factors)
    : options_(options),
      parameters_(std::move(parameters)),
      gradients_(std::move(gradients)),
      num_decayed_(parameters_.size() - num_undecayed),
      factors_(std::move(factors)),
      steps_(at::zeros({1}, at::kLong)) {
  for (const auto& [name, parameter] : parameters_) {
    first_.push_back(at::zeros_like(parameter));
    if (options_.name == "adam") second_.push_back(at::zeros_like(parameter));
  }
}

void Optimizer::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  const auto count = static_cast<double>((steps_ += 1).item<int64_t>());
  const double correction1 = 1.0 - std::pow(options_.beta1, count);
  const double correction2 = 1.0 - std::pow(options_.beta2, count);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor parameter = parameters_[i].second;
    const double rate = factors_.empty() ? learning_rate : learning_rate * factors_[i];
    const at::Tensor gradient = options_.weight_decay == 0.0 || i >= num_decayed_
                                    ? gradients_[i].view_as(parameter)
                                    : gradients_[i].view_as(parameter).add(parameter, options_.weight_decay);
    if (options_.name == "sgd") {
      first_[i].mul_(options_.momentum).add_(gradient);
      parameter.add_(first_[i], -rate);
      continue;
    }
    first_[i].mul_(options_.beta1).add_(gradient, 1.0 - options_.beta1);
    second_[i].mul_(options_.beta2).addcmul_(gradient, gradient, 1.0 - options_.beta2);
    const at::Tensor scale = (second_[i] / correction2).sqrt_().add_(options_.eps);
    parameter.addcdiv_(first_[i], scale, -rate / correction1);
  }
}

NamedTensors Optimizer::state() const {
  NamedTensors state{{"steps", steps_}};
  for (size_t i = 0; i < parameters_.size(); ++i) {
    state.emplace_back(parameters_[i].first + ".first", first_[i]);
    if (!second_.empty()) state.emplace_back(parameters_[i].first + ".second", second_[i]);
  }
  return state;
}

void Optimizer::load_state(const NamedTensors& stored) { copy_tensors(stored, state(), "optimizer"); }

}  // namespace reconcile
