#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "reconcile/core/partition.h"

namespace reconcile {

/// One value for every task, where tasks that still share it hold the same tensor: length 1 before the network forks,
/// up to T behind it. Every layer maps Streams to Streams, so a network is written once and knows nothing of splitting.
/// An undefined value belongs to tasks that nobody asks for: nothing is computed for them, and it stays undefined.
class Streams {
 public:
  /// `values[g]` belongs to the tasks of group g. InvalidArgument if the counts differ.
  Streams(Partition partition, std::vector<at::Tensor> values);
  /// One tensor shared by all T tasks.
  static Streams shared(at::Tensor value, int64_t num_tasks);

  [[nodiscard]] const Partition& partition() const { return partition_; }
  [[nodiscard]] const std::vector<at::Tensor>& values() const { return values_; }
  [[nodiscard]] const at::Tensor& of_task(int64_t t) const { return values_[partition_[t]]; }

 private:
  Partition partition_;
  std::vector<at::Tensor> values_;
};

/// f of every distinct value.
Streams map(const Streams& x, const std::function<at::Tensor(const at::Tensor&)>& f);

/// f of every distinct pair of values: the shared side is repeated for each stream of the other side. This is the only
/// place where two sides meet (residual add, concatenation, product, unpooling with indices).
Streams zip(const Streams& a, const Streams& b,
            const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& f);

}  // namespace reconcile
