#pragma once

#include <atomic>
#include <filesystem>
#include <optional>

#include "reconcile/catalog/experiment.h"

namespace reconcile {

/// Which of an experiment's networks is trained.
struct RunChoice {
  std::string kind = "train";  ///< single | search | base | recon | train
  std::string method = "sum";
  std::string task;  ///< "" = all tasks
  int64_t seed = 0;
  std::optional<SplitPlan> plan;  ///< absent: the shared network
};

/// Builds network and method by name, converts, and trains in `directory`, which also gets `config.toml` and, where
/// there is one, `plan.json`: all that `restore_model` needs; and the files of `RunFiles`. Returns a RUN of
/// docs/formats/records.md without `path`, or null if stopped.
Json train_run(const Experiment& experiment, const RunChoice& choice, const DataSplits& data,
               const std::filesystem::path& directory, TrainObserver& observer, const std::atomic<bool>& stop);

/// A trained network, and what it was trained for.
struct RestoredModel {
  Experiment experiment;
  DataSignature data;
  std::unique_ptr<MultiTaskModel> model;
};
/// Reads a finished run directory without its data; `weights` is "model" (last epoch) or "best". DataError if a file is
/// missing or damaged, StateError if they do not fit together.
RestoredModel restore_model(const std::filesystem::path& directory, const std::string& weights);

/// A trained network with the data it was trained on.
struct RestoredRun {
  Experiment experiment;
  DataSplits data;
  std::unique_ptr<MultiTaskModel> model;
};
/// The same with the data.
RestoredRun restore_run(const std::filesystem::path& directory, const std::string& weights);

}  // namespace reconcile
