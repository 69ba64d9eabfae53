#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reconcile {

/// `size` float64 numbers that a checkpoint keeps, all `value` at first.
at::Tensor make_memory(int64_t size, double value = 0.0);

/// The numbers of such a tensor, in place.
std::span<double> numbers(const at::Tensor& memory);

/// Mean of [size] numbers over the calls of one epoch.
class EpochMeans {
 public:
  explicit EpochMeans(int64_t size) : size_(size), memory_(make_memory(size + 2)) {}

  /// Adds one call. The first call of another epoch forgets the last one: look at `is_complete` before.
  void add(const std::vector<double>& values, int64_t epoch);
  /// Whether the means are those of an epoch other than `epoch`.
  [[nodiscard]] bool is_complete(int64_t epoch) const;
  [[nodiscard]] std::vector<double> means() const;

  /// [size + 2]: the means, how many calls, which epoch.
  [[nodiscard]] const at::Tensor& memory() const { return memory_; }

 private:
  int64_t size_;
  at::Tensor memory_;
};

}  // namespace reconcile
