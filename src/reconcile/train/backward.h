#pragma once

#include <vector>

#include "reconcile/core/task_gradients.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// Where the gradients of a network stand, and the backward passes that fill them. A parameter that no loss reaches
/// gets zeros. No pass walks from one task's loss into another's head, so what is not finite stays where it arose.
class Backward {
 public:
  /// `model` must outlive it.
  explicit Backward(const MultiTaskModel& model);

  /// Seconds that the passes took: for one task each [T], and for several together.
  struct Seconds {
    std::vector<double> tasks;
    double joint = 0;
  };
  /// Those since the last call.
  Seconds take_seconds();

  [[nodiscard]] int64_t num_tasks() const { return static_cast<int64_t>(own_.size()); }
  /// Every parameter with a name, shared ones first, and where its gradient stands.
  [[nodiscard]] NamedTensors parameters() const;
  [[nodiscard]] std::vector<at::Tensor> gradients() const;

  /// Gradients of task t's own parameters.
  [[nodiscard]] const std::vector<at::Tensor>& own_gradients(int64_t t) const { return own_gradients_[t]; }
  /// Gradient of the shared parameters, [P].
  [[nodiscard]] at::Tensor& shared() { return shared_gradient_; }
  /// Zeroed rows for this network.
  [[nodiscard]] TaskGradients make_rows() const;

  /// Pulls the cotangents of `outputs` back to the shared parameters, and those in `own` (if there are any) to every
  /// task's own parameters; without `own`, one pass serves both. An undefined cotangent leaves its output out. With
  /// `add` to what stands there, else instead of it.
  void pull(const std::vector<at::Tensor>& outputs, const std::vector<at::Tensor>& shared,
            const std::vector<at::Tensor>& own, bool add);

  /// T passes: the gradient of losses[t] to row t, and to task t's own parameters. The rows are those of the shared
  /// parameters, or of leaves[t] where `leaves` [T] are given.
  void pull_rows(const std::vector<at::Tensor>& losses, const std::vector<std::vector<at::Tensor>>& leaves,
                 TaskGradients& rows, bool add);

  /// Sets all gradients, in the order of `parameters()`, from one flat vector.
  void set(const at::Tensor& flat);
  /// Multiplies the gradients of task t's own parameters by weights[t].
  void scale_own(const std::vector<double>& weights);
  /// NotFinite unless every gradient is finite. Scales the shared gradient down to the norm `clip_norm`; 0 leaves it.
  void check_and_clip(double clip_norm);

 private:
  ParamLayout layout_;
  std::vector<at::Tensor> shared_;                      ///< parameters of the shared layout
  at::Tensor shared_gradient_;                          ///< [P]
  std::vector<at::Tensor> shared_places_;               ///< views into it, one a parameter
  std::vector<std::vector<at::Tensor>> own_;            ///< [T] task-specific parameters
  std::vector<std::vector<at::Tensor>> own_gradients_;  ///< [T] where their gradients stand
  Seconds seconds_;
};

}  // namespace reconcile
