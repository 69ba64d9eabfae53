#include "reconcile/train/optimizer.h"

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/core/chunks.h"

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

namespace {

/// One pass is possible: float32 or float64 on the CPU, and every tensor in one piece.
bool is_flat(const UpdateTensors& t) {
  const auto type = t.parameter.scalar_type();
  const auto fits = [&](const at::Tensor& tensor) {
    return !tensor.defined() || (tensor.device().is_cpu() && tensor.is_contiguous() && tensor.scalar_type() == type);
  };
  return (type == at::kFloat || type == at::kDouble) && fits(t.parameter) && fits(t.gradient) && fits(t.first) &&
         fits(t.second);
}

template <class Scalar>
void update_piece(const UpdateRule& rule, const UpdateTensors& t, const Piece& piece) {
  const auto at = [&](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<Scalar>() + piece.begin : nullptr;
  };
  update(rule,
         UpdatePlaces<Scalar>{at(t.parameter), at(t.gradient), at(t.first), at(t.second), piece.end - piece.begin});
}

/// The same for tensors of any kind, with LibTorch's operations.
void update_tensors(const UpdateRule& rule, const UpdateTensors& t) {
  const at::NoGradGuard no_grad;
  const at::Tensor gradient = rule.weight_decay == 0.0 ? t.gradient : t.gradient.add(t.parameter, rule.weight_decay);
  t.first.mul_(rule.keep1).add_(gradient, rule.take1);
  if (!rule.is_adam) {
    t.parameter.add_(t.first, -rule.rate);
    return;
  }
  t.second.mul_(rule.keep2).addcmul_(gradient, gradient, 1.0 - rule.keep2);
  t.parameter.addcdiv_(t.first, (t.second / rule.correction2).sqrt_().add_(rule.eps), -rule.rate);
}

}  // namespace

Optimizer::Optimizer(const OptimizerOptions& options, NamedTensors parameters, std::vector<at::Tensor> gradients,
                     size_t num_undecayed, std::vector<double> factors)
    : options_(options), factors_(std::move(factors)), steps_(at::zeros({1}, at::kLong)) {
  const size_t num_decayed = parameters.size() - num_undecayed;
  factors_.resize(parameters.size(), 1.0);
  for (size_t i = 0; i < parameters.size(); ++i) {
    const auto& [name, parameter] = parameters[i];
    names_.push_back(name);
    decays_.push_back(i < num_decayed ? options.weight_decay : 0.0);
    tensors_.push_back({parameter, gradients[i].view_as(parameter), at::zeros_like(parameter),
                        options.name == "adam" ? at::zeros_like(parameter) : at::Tensor()});
  }
}

UpdateRule Optimizer::rule_of(size_t i, double learning_rate) const {
  const double rate = learning_rate * factors_[i];
  if (options_.name == "sgd") return {false, rate, decays_[i], options_.momentum, 1.0, 0.0, 1.0, 0.0};
  const auto count = static_cast<double>(*steps_.data_ptr<int64_t>());
  return {.is_adam = true,
          .rate = rate / (1.0 - std::pow(options_.beta1, count)),
          .weight_decay = decays_[i],
          .keep1 = options_.beta1,
          .take1 = 1.0 - options_.beta1,
          .keep2 = options_.beta2,
          .correction2 = 1.0 - std::pow(options_.beta2, count),
          .eps = options_.eps};
}

void Optimizer::step(double learning_rate) {
  ++*steps_.data_ptr<int64_t>();
  std::vector<UpdateRule> rules;
  std::vector<int64_t> sizes;  // of what is moved in pieces
  for (size_t i = 0; i < tensors_.size(); ++i) {
    rules.push_back(rule_of(i, learning_rate));
    sizes.push_back(is_flat(tensors_[i]) ? tensors_[i].parameter.numel() : 0);
    if (sizes.back() == 0) update_tensors(rules.back(), tensors_[i]);
  }
  const std::vector<Piece> pieces = cut_to_pieces(sizes);
  for_pieces(pieces, [&](int64_t k) {
    const auto& piece = pieces[k];
    const auto& tensors = tensors_[piece.index];
    tensors.parameter.scalar_type() == at::kDouble ? update_piece<double>(rules[piece.index], tensors, piece)
                                                   : update_piece<float>(rules[piece.index], tensors, piece);
  });
  for (const auto& tensors : tensors_) tensors.parameter.unsafeGetTensorImpl()->bump_version();
}

NamedTensors Optimizer::state() const {
  NamedTensors state{{"steps", steps_}};
  for (size_t i = 0; i < tensors_.size(); ++i) {
    state.emplace_back(names_[i] + ".first", tensors_[i].first);
    if (tensors_[i].second.defined()) state.emplace_back(names_[i] + ".second", tensors_[i].second);
  }
  return state;
}

void Optimizer::load_state(const NamedTensors& stored) { copy_tensors(stored, state(), "optimizer"); }

}  // namespace reconcile
