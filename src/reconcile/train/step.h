#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/conflict/recorder.h"
#include "reconcile/core/batch.h"
#include "reconcile/models/model.h"
#include "reconcile/scalarizers/scalarizer.h"
#include "reconcile/train/backward.h"
#include "reconcile/train/optimizer.h"
#include "reconcile/train/options.h"
#include "reconcile/train/profile.h"
#include "reconcile/train/replay.h"

namespace reconcile {

/// What turns losses into an update. The parts must outlive who uses them.
struct StepMethod {
  Scalarizer& scalarizer;
  Aggregator& aggregator;

  /// Independent batches that one step needs.
  [[nodiscard]] int64_t batches_per_step() const {
    return std::max(scalarizer.batches_per_step(), aggregator.batches_per_step());
  }
};

/// What one step did.
struct StepResult {
  std::vector<double> losses;                  ///< [T], means over the step's batches
  std::optional<std::vector<double>> weights;  ///< [T] of the shared gradient, if it is a weighted sum of the tasks'
  std::string fallback;                        ///< of the aggregator, or ""
  Eigen::MatrixXd gramian;                     ///< [T, T] of the raw task gradients; empty if none were formed
  std::vector<int64_t> absent;                 ///< tasks of whose targets nothing was known; left out of the step
};

/// InvalidArgument, with the place of the key, if the aggregator cannot do what the options ask for.
void check_step(const StepOptions& options, const Aggregator& aggregator, const Where& where);

/// One training step: forward, task weights, gradients of every task, aggregation, update.
///   losses -> scalarizer -> weights w [T];  rows w[t] * gradient of loss t -> aggregator -> shared gradient [P]
///   Both are brought to the sum convention (`Reduction`), so that one learning rate fits every method. A task's own
///   parameters get the gradient of w[t] * loss t, whatever the aggregator does, unless `head_gradient` is weighted.
/// A task of whose targets nothing is known in the (first) batch is left out: the aggregator sees the rows of the
/// others only, and the scalarizer the loss that the task had last (the mean of the others' before it ever had one). If
/// the aggregator's weights are known beforehand and nobody records conflicts, one backward pass serves everybody and
/// no [T, P] is made; otherwise T passes fill the one buffer, and the graph is freed in the last.
class Step {
 public:
  /// All references must outlive the step; `recorder` may be null. InvalidArgument as check_step.
  Step(MultiTaskModel& model, const StepMethod& method, const StepOptions& options, const OptimizerOptions& optimizer,
       ConflictRecorder* recorder);

  /// `batches` are drawn independently, as many as the method asks for. NotFinite if a loss or gradient is not finite,
  /// naming the task where it is known; then no parameter was moved, and what losses and task gradients were not finite
  /// has reached no memory of the method.
  StepResult operator()(std::span<const Batch> batches, const Moment& moment, double learning_rate, Rng& rng);

  /// What the network draws from in the step at that moment, `rng` being that of the run.
  [[nodiscard]] static Rng noise(const Rng& rng, const Moment& moment) {
    return rng.fork("noise").fork(static_cast<uint64_t>(moment.step));
  }
  [[nodiscard]] Optimizer& optimizer() { return *optimizer_; }
  /// Where the time of all steps went. The caller adds what it waits for data, and sets it when a run goes on.
  [[nodiscard]] StepProfile& profile() { return profile_; }
  /// Memory of scalarizer and aggregator, the weights that are kept between updates, and the last known losses.
  [[nodiscard]] NamedTensors method_state() const;
  /// StateError if it does not fit.
  void load_method_state(const NamedTensors& state);

 private:
  using Weights = std::vector<double>;
  using Tensors = std::vector<at::Tensor>;
  StepResult take(std::span<const Batch> batches, const Moment& moment, double learning_rate, Rng& rng);
  Weights scalarize(const Moment& moment, Rng& rng, const StepResult& result);
  void aggregate(TaskGradients& rows, const Weights& task_weights, at::Tensor& direction, Rng& rng, StepResult& result);
  void one_pass(const Batch& batch, const Weights& aggregated, const Moment& moment, Rng& rng, StepResult& result);
  Tensors differentiate(const Batch& batch, TaskGradients& rows, bool add);
  void all_passes(std::span<const Batch> batches, const Moment& moment, Rng& rng, StepResult& result);
  void through_representation(const Batch& batch, const Moment& moment, Rng& rng, StepResult& result);
  void add_penalty(const Batch& batch);
  void look_ahead(std::span<const Batch> batches, const Moment& moment, double learning_rate, Rng& rng,
                  StepResult& result);
  void descend(std::span<const Batch> batches, const Moment& moment, Rng& rng, StepResult& result);
  void tell_losses_after_step(const Batch& batch, const StepResult& result);
  std::vector<at::Tensor> forward(const Batch& batch);
  void update(double learning_rate);
  void take_seconds(const TaskGradients& rows);
  void check_rows(const TaskGradients& rows, double parts, StepResult& result) const;
  [[nodiscard]] bool is_update(const Moment& moment) const {
    return kept_.empty() || moment.step % options_.update_every == 0;
  }

  MultiTaskModel& model_;
  StepMethod method_;
  StepOptions options_;
  ConflictRecorder* recorder_;
  Backward backward_;
  double scalarizer_scale_;          ///< what brings its weights to the sum convention
  double aggregator_scale_;          ///< the same for its direction
  std::vector<TaskGradients> rows_;  ///< one a batch; made at the first step that needs them
  RepeatedPasses repeated_;
  Weights kept_;         ///< of the aggregator's last call
  Weights last_losses_;  ///< [T] of the last step in which each task had targets; empty before the first
  bool updates_ = true;  ///< whether this step calls the aggregator
  std::unique_ptr<Optimizer> optimizer_;
  StepProfile profile_;
};

}  // namespace reconcile
