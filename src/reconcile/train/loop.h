#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "reconcile/data/dataset.h"
#include "reconcile/train/options.h"
#include "reconcile/train/schedule.h"
#include "reconcile/train/step.h"

namespace reconcile {

/// Watches a run.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  struct Progress {
    int64_t epoch, epochs, step, steps;  ///< step of steps in this epoch
    double seconds_per_step;
    double conflict_share;              ///< of this epoch so far; negative where not recorded
    const std::vector<double>& losses;  ///< running means of this epoch
  };
  /// Before the first step: the `run` record, and the steps that the run has done already.
  virtual void on_start(const Json& /*run*/, int64_t /*step*/) {}
  virtual void on_step(const Progress& /*progress*/) {}
  /// The `epoch` record of docs/formats/records.md.
  virtual void on_epoch(const Json& /*record*/, int64_t /*epochs*/) {}
  /// Any later record, when it stands in run.jsonl.
  virtual void on_record(const Json& /*record*/) {}
  virtual void on_message(const std::string& /*text*/) {}
};

/// Everything a run is made of; the parts must outlive it.
struct TrainJob {
  MultiTaskModel& model;
  const DataSplits& data;  ///< with exactly the model's tasks
  StepMethod method;
  TrainOptions options;
  StepOptions step;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  ConflictOptions conflict;
  Rng rng{0};                       ///< streams "shuffle" and "method" are forked from it
  std::filesystem::path directory;  ///< run.jsonl, checkpoints, model.safetensors, result.json
  Json header = Json::object();     ///< fields of the `run` record that only the caller knows
  TrainObserver& observer;
  const std::atomic<bool>& stop;  ///< set to leave after the current step, with a checkpoint
};

/// Trains, writing records as it goes, from the newest checkpoint in the directory if there is one; the continued run
/// is the uninterrupted one bit for bit (same threads). Returns the RUN fields of docs/formats/records.md that it
/// knows, or null if it was stopped. A finished run is not repeated: its result is read back. InvalidArgument if a
/// batch is larger than the training set; StateError if a loss is not finite or a checkpoint does not fit.
Json train(const TrainJob& job);

}  // namespace reconcile
