#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "reconcile/data/dataset.h"
#include "reconcile/train/schedule.h"
#include "reconcile/train/step.h"

namespace reconcile {

/// How one network is trained.
struct TrainOptions {
  int64_t epochs = 1;
  int64_t batch_size = 256;
  int64_t eval_batch_size = 1000;
  int64_t evaluate_every = 1;    ///< epochs between evaluations on the validation split; the last epoch always is
  int64_t checkpoint_every = 1;  ///< epochs between checkpoints
};
const OptionTable<TrainOptions>& train_options();

/// What is counted about conflicts.
struct ConflictOptions {
  bool record = true;
  std::vector<double> thresholds = {0.0, -0.01, -0.02, -0.03, -0.04, -0.05, -0.06, -0.08, -0.1, -0.15, -0.2};
  double severe = -0.02;  ///< cosines below it are called severe in tables; must be among the thresholds
};
const OptionTable<ConflictOptions>& conflict_options();

/// Watches a run.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  struct Progress {
    int64_t epoch, epochs, step, steps;  ///< step of steps in this epoch
    double seconds_per_step;
    double conflict_share;               ///< of this epoch so far; negative where not recorded
    const std::vector<double>& losses;   ///< running means of this epoch
  };
  virtual void on_step(const Progress& /*progress*/) {}
  /// The `epoch` record of docs/formats/records.md.
  virtual void on_epoch(const Json& /*record*/, int64_t /*epochs*/) {}
  virtual void on_message(const std::string& /*text*/) {}
};

/// Everything a run is made of; the parts must outlive it.
struct TrainJob {
  MultiTaskModel& model;
  const DataSplits& data;  ///< with exactly the model's tasks
  Aggregator& aggregator;
  Reduction reduction;
  TrainOptions options;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  ConflictOptions conflict;
  Rng rng{0};                       ///< streams "shuffle" and "method" are forked from it
  std::filesystem::path directory;  ///< run.jsonl, checkpoints, model.safetensors, result.json
  Json header;                      ///< fields of the `run` record that only the caller knows
  TrainObserver& observer;
  const std::atomic<bool>& stop;    ///< set to leave after the current step, with a checkpoint
};

/// Trains, writing records as it goes, from the newest checkpoint in the directory if there is one; the continued run is the
/// uninterrupted one bit for bit (same threads). Returns the RUN fields of docs/formats/records.md that it knows, or null if it
/// was stopped. A finished run is not repeated: its result is read back.
/// InvalidArgument if a batch is larger than the training set; StateError if a loss is not finite or a checkpoint does not fit.
Json train(const TrainJob& job);

}  // namespace reconcile
