#include "reconcile/aggregators/memory.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/base/error.h"

namespace reconcile {

RememberingAggregator::RememberingAggregator(std::string method, const std::vector<std::string>& names)
    : method_(std::move(method)) {
  for (const auto& name : names) memory_.emplace_back(name, at::Tensor());
}

NamedTensors RememberingAggregator::state() const {
  return memory_.front().second.defined() ? memory_ : NamedTensors();
}

void RememberingAggregator::load_state(const NamedTensors& state) {
  std::vector<std::string> expected;
  std::vector<std::string> given;
  for (const auto& [name, tensor] : memory_) expected.push_back(name);
  for (const auto& [name, tensor] : state) given.push_back(name);
  if (!given.empty() && given != expected) {
    fail<StateError>(
        "aggregator \"{}\": the checkpoint holds {}, this method keeps {}. Resume with the method that was trained.",
        method_, fmt::join(given, ", "), fmt::join(expected, ", "));
  }
  for (size_t i = 0; i < memory_.size(); ++i) {
    memory_[i].second = given.empty() ? at::Tensor() : state[i].second.clone(at::MemoryFormat::Contiguous);
  }
}

at::Tensor& RememberingAggregator::find(const std::string& name, at::IntArrayRef shape) {
  at::Tensor& tensor =
      std::find_if(memory_.begin(), memory_.end(), [&](const auto& named) { return named.first == name; })->second;
  if (tensor.defined() && tensor.sizes() != shape) {
    fail<StateError>(
        "aggregator \"{}\": it remembers \"{}\" of shape [{}], this step needs [{}]. Resume with the model and tasks "
        "that were trained, and use one aggregator for one model.",
        method_, name, fmt::join(tensor.sizes(), ", "), fmt::join(shape, ", "));
  }
  return tensor;
}

Eigen::Map<Eigen::ArrayXd> RememberingAggregator::numbers(const std::string& name, at::IntArrayRef shape,
                                                          double value) {
  at::Tensor& tensor = find(name, shape);
  if (!tensor.defined()) tensor = at::full(shape, value, at::kDouble);
  return {tensor.data_ptr<double>(), tensor.numel()};
}

at::Tensor& RememberingAggregator::rows_like(const std::string& name, const at::Tensor& rows) {
  at::Tensor& tensor = find(name, rows.sizes());
  tensor = tensor.defined() ? tensor.to(rows.options()) : at::zeros(rows.sizes(), rows.options());
  return tensor;
}

}  // namespace reconcile
