#pragma once

#include <filesystem>

#include "reconcile/train/evaluate.h"

namespace reconcile {

/// The epoch that did best on the validation split so far; its weights stand in the run's best.safetensors.
class BestEpoch {
 public:
  explicit BestEpoch(const std::filesystem::path& directory) : path_(directory / "best.safetensors") {}

  /// Keeps the model if the score, higher is better, is the best so far. A score that is not finite never is.
  void consider(int64_t epoch, double score, const Json& validation, const MultiTaskModel& model);

  [[nodiscard]] bool is(int64_t epoch) const { return !state_.is_null() && state_.at("epoch") == epoch; }
  /// {epoch, validation, test} with these metrics on the test split.
  [[nodiscard]] Json record(const TaskSet& tasks, const TaskMetrics& test) const;
  /// The same, measured with the weights of that epoch; null if there was none. The model keeps its own. DataError if
  /// the weights cannot be read.
  [[nodiscard]] Json measure(MultiTaskModel& model, const Dataset& test, const TrainOptions& options) const;

  [[nodiscard]] const Json& state() const { return state_; }
  void load_state(const Json& state) { state_ = state; }

 private:
  std::filesystem::path path_;
  Json state_;  ///< {epoch, score, validation} or null
};

}  // namespace reconcile
