#pragma once

#include <map>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/task.h"
#include "reconcile/train/gradient_sums.h"
#include "reconcile/train/mean_and_range.h"
#include "reconcile/train/step.h"

namespace reconcile {

/// What an epoch record says of the training steps: means over the steps of the epoch so far.
class EpochSums {
 public:
  explicit EpochSums(const TaskSet& tasks) : tasks_(tasks) { clear(); }

  void add(const StepResult& step);
  /// A step that moved nothing.
  void skip() { ++skipped_; }
  void clear();
  [[nodiscard]] int64_t steps() const { return steps_; }
  [[nodiscard]] std::vector<double> mean_losses() const;

  /// `train` (loss of every task, and weights where every step had some), `gradients` (where task gradients were
  /// formed), `absent` (steps without targets of a task), `skipped` and `fallbacks` (steps that took each), as in
  /// docs/formats/records.md.
  void append_to(Json& record) const;

  [[nodiscard]] Json state() const;
  void load_state(const Json& state);

 private:
  TaskSet tasks_;
  int64_t steps_ = 0;  ///< those that moved something
  int64_t skipped_ = 0;
  std::vector<double> losses_;         ///< [T] sums
  std::vector<int64_t> absent_;        ///< [T] steps that had no targets of the task
  std::vector<MeanAndRange> weights_;  ///< [T] of the steps with weights
  GradientSums gradients_;
  std::map<std::string, int64_t> fallbacks_;
};

}  // namespace reconcile
