// What of a step goes into checkpoints besides the optimiser.

#include <ATen/ATen.h>

#include "reconcile/train/step.h"

namespace reconcile {
namespace {

void append_tensors(const NamedTensors& tensors, const std::string& prefix, NamedTensors& to) {
  for (const auto& [name, tensor] : tensors) to.emplace_back(prefix + name, tensor);
}

std::vector<double> to_numbers(const at::Tensor& tensor) {
  const auto* begin = tensor.data_ptr<double>();
  return {begin, begin + tensor.numel()};
}

}  // namespace

NamedTensors Step::method_state() const {
  NamedTensors state;
  append_tensors(method_.scalarizer.state(), "scalarizer/", state);
  append_tensors(method_.aggregator.state(), "aggregator/", state);
  if (options_.update_every > 1) state.emplace_back("kept", at::tensor(kept_, at::kDouble));
  state.emplace_back("last_losses", at::tensor(last_losses_, at::kDouble));
  return state;
}

void Step::load_method_state(const NamedTensors& state) {
  NamedTensors scalarizer;
  NamedTensors aggregator;
  for (const auto& [name, tensor] : state) {
    const auto slash = name.find('/');
    if (name.starts_with("scalarizer/")) scalarizer.emplace_back(name.substr(slash + 1), tensor);
    if (name.starts_with("aggregator/")) aggregator.emplace_back(name.substr(slash + 1), tensor);
    if (name == "kept") kept_ = to_numbers(tensor);
    if (name == "last_losses") last_losses_ = to_numbers(tensor);
  }
  method_.scalarizer.load_state(scalarizer);
  method_.aggregator.load_state(aggregator);
}

}  // namespace reconcile
