#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "reconcile/core/task.h"

namespace reconcile {

/// Metric name -> value. Shares lie in 0..1.
using MetricValues = std::map<std::string, double>;

/// A metric by which a task is judged.
struct Criterion {
  std::string metric;
  bool higher_is_better = true;
};

/// The word for a kind in files: "classification".
std::string kind_name(TaskKind kind);

/// The metrics that enter delta m. Classification: accuracy.
std::vector<Criterion> criteria(TaskKind kind);

/// The training loss, a scalar that carries gradients. Classification: mean cross-entropy of [B, classes] against int64
/// [B].
at::Tensor task_loss(const Task& task, const at::Tensor& prediction, const at::Tensor& target);

/// Sums what a task's metrics need over batches of any size; the result is that of one image at a time.
class MetricSum {
 public:
  explicit MetricSum(const Task& task) : task_(task) {}
  void add(const at::Tensor& prediction, const at::Tensor& target);
  /// Classification: `accuracy` and `loss`, means over images. Nothing added gives an empty result.
  [[nodiscard]] MetricValues result() const;

 private:
  Task task_;
  int64_t count_ = 0;
  int64_t correct_ = 0;
  double loss_ = 0.0;
};

}  // namespace reconcile
