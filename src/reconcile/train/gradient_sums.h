#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/task.h"
#include "reconcile/train/mean_and_range.h"

namespace reconcile {

/// What an epoch record says of the task gradients, from their Gramians [T, T] alone: nothing here sees the rows.
class GradientSums {
 public:
  /// One step: the Gramian of the raw task gradients, finite, and the weights [T] whose combination of them was the
  /// step's direction d, if it was one. Then g_t.d = (G w)_t and |d|^2 = w'G w.
  void add(const Eigen::MatrixXd& gramian, const std::optional<std::vector<double>>& weights);
  void clear() { *this = {}; }

  /// The `gradients` of docs/formats/records.md, or null if no step was added.
  [[nodiscard]] Json record(const TaskSet& tasks) const;

  [[nodiscard]] Json state() const;
  void load_state(const Json& state);

 private:
  void add_progress(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& weights);

  std::vector<MeanAndRange> norms_;         ///< [T]
  std::vector<MeanAndRange> progress_;      ///< [T] of the steps with weights
  std::vector<int64_t> up_;                 ///< [T] steps that raise the task's loss, to first order
  std::vector<double> inverse_conditions_;  ///< of every step, 0 where the gradients were dependent
};

}  // namespace reconcile
