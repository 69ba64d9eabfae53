#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <vector>

#include "reconcile/base/error.h"
#include "reconcile/core/batch.h"
#include "reconcile/core/moment.h"
#include "reconcile/models/model.h"
#include "reconcile/train/options.h"

namespace reconcile {

/// A step that gave numbers that are not finite.
struct FailedStep {
  const NotFinite& error;
  int64_t epoch;
  Moment moment;
  std::span<const Batch> batches;
  std::vector<int64_t> samples;  ///< of all batches, by their places in the training split
  Rng noise;                     ///< of the step: what the network drew from
};

/// What a run does about steps whose losses or gradients are not finite (train.nonfinite):
///   stop      ends the run
///   skip      leaves the step out: nothing has moved, and running statistics are put back
///   rollback  goes back to the last planned checkpoint with half the learning rate, and leaves this step out on the
///             way; the caller does the going back
/// After more than train.nonfinite_limit skips in a row, or rollbacks to one checkpoint, the run ends as with stop.
class FiniteGuard {
 public:
  /// `model` must outlive it.
  FiniteGuard(const TrainOptions& options, MultiTaskModel& model, std::filesystem::path directory);

  [[nodiscard]] bool rolls_back() const { return options_.nonfinite == "rollback"; }
  /// Whether an earlier rollback leaves this step of the run out.
  [[nodiscard]] bool leaves_out(int64_t step) const { return left_out_.contains(step); }
  /// What the learning rate is multiplied with.
  [[nodiscard]] double rate_factor() const { return rate_factor_; }

  /// Remembers what a step changes before it can fail: running statistics. Costs a copy of them.
  void before_step();
  void after_step();
  /// Puts back what the step changed and finds out where it went wrong. Returns the `nonfinite` record of
  /// docs/formats/records.md, and writes a dump beside it: losses and gradient norms of every task and layer, and the
  /// samples. NotFinite, with all that in short, if the run is to end.
  Json after_failure(const FailedStep& failed);
  /// Before a planned checkpoint is taken.
  void before_checkpoint();

  [[nodiscard]] Json state() const;
  void load_state(const Json& state);

 private:
  void put_back();
  Json dump(const FailedStep& failed, const std::string& action);

  TrainOptions options_;
  MultiTaskModel& model_;
  std::filesystem::path directory_;
  NamedTensors before_;   ///< copies of the running statistics
  int64_t failures_ = 0;  ///< in a row, or since the last planned checkpoint
  int64_t dumps_ = 0;     ///< of the run
  double rate_factor_ = 1.0;
  std::set<int64_t> left_out_;  ///< steps of the run
};

}  // namespace reconcile
