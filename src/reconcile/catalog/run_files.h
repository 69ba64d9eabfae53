#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "reconcile/base/file.h"
#include "reconcile/catalog/experiment.h"
#include "reconcile/report/tensorboard.h"
#include "reconcile/train/loop.h"

namespace reconcile {

/// Writes what a run tells beside its run.jsonl: metrics.csv with a line an epoch, and TensorBoard's event files if the
/// experiment wants them. Whatever it is told goes on to another observer.
class RunFiles final : public TrainObserver {
 public:
  /// `inner` must outlive it.
  RunFiles(const Experiment& experiment, const TaskSet& tasks, std::filesystem::path directory, TrainObserver& inner);

  void on_start(const Json& run, int64_t step) override;
  void on_step(const Progress& progress) override { inner_.on_step(progress); }
  void on_epoch(const Json& record, int64_t epochs) override { inner_.on_epoch(record, epochs); }
  void on_record(const Json& record) override;
  void on_message(const std::string& text) override { inner_.on_message(text); }

  /// Takes in the pictures that the run's folder has got at its end.
  void add_pictures();

 private:
  std::filesystem::path directory_;
  Json config_;
  bool wants_tensorboard_;
  std::vector<report::EpochValue> values_;
  TrainObserver& inner_;
  std::optional<LineLog> csv_;
  std::optional<report::TensorBoardLog> tensorboard_;
};

}  // namespace reconcile
