#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reconcile/core/task.h"

namespace reconcile {

/// Metric name -> value. Shares lie in 0..1, angles are degrees.
using MetricValues = std::map<std::string, double>;

/// A metric by which a task is judged.
struct Criterion {
  std::string metric;
  bool higher_is_better = true;
};

/// The metrics that enter delta m; docs/guide/tasks.md lists them.
std::vector<Criterion> criteria(TaskKind kind);

/// All metrics of a kind in the order in which people read them: the criteria, further ones, `loss`.
std::vector<std::string> metric_names(TaskKind kind);

/// The training loss, a scalar that carries gradients, of a prediction [B, outputs] or [B, outputs, H, W] against a
/// target in the form of core/target.h. Unknown targets take no part; if all are unknown it is 0 with zero gradients.
at::Tensor task_loss(const Task& task, const at::Tensor& prediction, const at::Tensor& target);

/// How a data set is measured.
struct MetricOptions {
  bool mean_of_images = false;  ///< depth and normals: the metrics of every image, then their means over images
  bool match_edges = false;     ///< edges: also the metrics that match thinned predictions one to one; takes long
};

class Tally;

/// Sums what a task's metrics need over batches of any size, in constant memory; the result is that of one batch.
class MetricSum {
 public:
  explicit MetricSum(const Task& task, const MetricOptions& options = {});
  ~MetricSum();
  MetricSum(MetricSum&&) noexcept;
  MetricSum& operator=(MetricSum&&) noexcept;

  void add(const at::Tensor& prediction, const at::Tensor& target);
  /// The metrics of the task's kind, and `loss`. Empty if no target was known; what is not defined is left out.
  [[nodiscard]] MetricValues result() const;
  /// How often each class was taken for each other: int64 [true class, predicted class] on the CPU; undefined for kinds
  /// without classes and for more than 50.
  [[nodiscard]] at::Tensor confusion() const;

 private:
  TaskKind kind_;
  std::vector<std::unique_ptr<Tally>> tallies_;
  std::vector<at::Tensor> loss_sums_;
};

}  // namespace reconcile
