#pragma once

#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/task.h"

namespace reconcile {

/// Where the time of a run's steps went: seconds, summed over the steps. Evaluation and checkpoints are not in it.
struct StepProfile {
  int64_t steps = 0;
  double data = 0;                     ///< waiting for batches
  double forward = 0;                  ///< forward passes and losses
  std::vector<double> backward_tasks;  ///< [T] passes for one task alone
  double backward_joint = 0;           ///< passes for several tasks together
  double gramian = 0;                  ///< products of the rows
  double solve = 0;                    ///< what else the aggregator does
  double combine = 0;                  ///< weighted sums of the rows
  double update = 0;                   ///< check, clipping, optimiser
  double other = 0;                    ///< scalarizer, recorder, what nothing else counts

  /// Seconds that the steps took, the sum of all above.
  [[nodiscard]] double total() const;
  /// The `profile` of docs/formats/records.md.
  [[nodiscard]] Json to_json(const TaskSet& tasks) const;
  /// Takes over what `to_json` gave for the same tasks.
  void load(const Json& profile, const TaskSet& tasks);
};

}  // namespace reconcile
