#pragma once

#include <memory>
#include <vector>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/conflict/recorder.h"
#include "reconcile/core/batch.h"
#include "reconcile/models/model.h"
#include "reconcile/train/optimizer.h"

namespace reconcile {

/// What one step did.
struct StepResult {
  std::vector<double> losses;  ///< [T]
  Aggregation aggregation;
};

/// One training step: forward, gradients of every task, aggregation, update.
///   Shared parameters get the aggregator's direction, brought to the sum convention (`Reduction`), so that one
///   learning rate fits every method; a task's own parameters get the gradient of its own loss.
/// If the weights are constant and nobody records conflicts, one backward pass of the weighted sum serves everybody and
/// no [T, P] is made; otherwise T passes fill the one buffer, and the graph is freed in the last.
class Step {
 public:
  /// All references must outlive the step; `recorder` may be null.
  Step(MultiTaskModel& model, Aggregator& aggregator, Reduction reduction, const OptimizerOptions& options,
       ConflictRecorder* recorder);

  /// StateError naming the task if a loss or a task's gradient is not finite; then nothing was updated.
  StepResult operator()(const Batch& batch, double learning_rate, Rng& rng);

  [[nodiscard]] Optimizer& optimizer() { return *optimizer_; }

 private:
  std::vector<at::Tensor> task_losses(const Batch& batch);
  void one_pass(const std::vector<at::Tensor>& losses, const std::vector<double>& weights);
  Aggregation all_passes(const std::vector<at::Tensor>& losses, Rng& rng);

  MultiTaskModel& model_;
  Aggregator& aggregator_;
  double scale_;
  ConflictRecorder* recorder_;
  std::vector<at::Tensor> shared_;                      ///< parameters of the shared layout
  std::vector<std::vector<at::Tensor>> own_;            ///< [T] task-specific parameters
  std::vector<std::vector<at::Tensor>> own_gradients_;  ///< [T] where their gradients stand
  at::Tensor gradient_;                                 ///< [P] direction of the shared parameters
  std::vector<at::Tensor> shared_gradients_;            ///< views into gradient_, one a parameter
  std::unique_ptr<TaskGradients> task_gradients_;       ///< made at the first step that needs it
  std::unique_ptr<Optimizer> optimizer_;
};

}  // namespace reconcile
