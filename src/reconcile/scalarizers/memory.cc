#include "reconcile/scalarizers/memory.h"

#include <ATen/ATen.h>

namespace reconcile {

at::Tensor make_memory(int64_t size, double value) { return at::full({size}, value, at::kDouble); }

std::span<double> numbers(const at::Tensor& memory) {
  return {memory.data_ptr<double>(), static_cast<size_t>(memory.numel())};
}

void EpochMeans::add(const std::vector<double>& values, int64_t epoch) {
  if (is_complete(epoch)) memory_.zero_();
  const auto memory = numbers(memory_);
  double& count = memory[size_];
  count += 1;
  for (int64_t i = 0; i < size_; ++i) memory[i] += (values[i] - memory[i]) / count;
  memory[size_ + 1] = static_cast<double>(epoch);
}

bool EpochMeans::is_complete(int64_t epoch) const {
  const auto memory = numbers(memory_);
  return memory[size_] > 0 && memory[size_ + 1] != static_cast<double>(epoch);
}

std::vector<double> EpochMeans::means() const {
  const auto memory = numbers(memory_).first(static_cast<size_t>(size_));
  return {memory.begin(), memory.end()};
}

}  // namespace reconcile
