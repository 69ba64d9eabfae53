#pragma once

#include <memory>

#include "reconcile/metrics/task_type.h"

/// What a kind of task is learned and judged by: one row a kind, one file for kinds that are alike.
namespace reconcile {

/// Counts over batches from which the metrics of one task follow.
class Tally {
 public:
  virtual ~Tally() = default;
  virtual void add(const at::Tensor& prediction, const at::Tensor& target) = 0;
  /// Without the loss; nothing where nothing was known.
  [[nodiscard]] virtual MetricValues result() const = 0;
  /// int64 [true class, predicted class] on the CPU; undefined for kinds without classes and for more than 50.
  [[nodiscard]] virtual at::Tensor confusion() const { return {}; }
};

using MakeTally = std::unique_ptr<Tally>(const Task& task);

/// The sums over a batch that a loss is made of. Those of several batches add up to those of one, so the loss of a data
/// set does not depend on how it was cut.
using LossSums = std::vector<at::Tensor>;

struct KindRow {
  std::vector<Criterion> criteria;
  std::vector<std::string> other_metrics;  ///< besides the criteria and the loss
  MakeTally* tally;
  LossSums (*loss_sums)(const at::Tensor& prediction, const at::Tensor& target);
  at::Tensor (*loss_of)(const LossSums& sums);
  bool has_image_means = false;         ///< `MetricOptions::mean_of_images` concerns it
  MakeTally* matching_tally = nullptr;  ///< of the metrics that `MetricOptions::match_edges` adds
};

KindRow classification_row();
KindRow multi_label_row();
KindRow regression_row();
KindRow segmentation_row();
KindRow depth_row();
KindRow normals_row();
KindRow saliency_row();
KindRow edges_row();

/// The loss that is a mean over known places: `sums` is {sum, number of places}. 0 for no place.
at::Tensor mean_of(const LossSums& sums);

/// {sum of `values` where `known`, number of those}. What stands elsewhere, NaN too, has no gradient.
LossSums sum_where(const at::Tensor& known, const at::Tensor& values);

/// Thresholds on the probability, `first` to `last`, as thresholds on the logit, ascending: float [count].
at::Tensor logit_thresholds(double first, double last, int64_t count);

/// 99 thresholds on the probability of an edge, one for all images, matching pixels of thinned predictions with true
/// ones.
std::unique_ptr<Tally> make_edge_matching(const Task& task);

template <class T>
std::unique_ptr<Tally> make_tally(const Task& task) {
  return std::make_unique<T>(task);
}

}  // namespace reconcile
