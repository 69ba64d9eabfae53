#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <utility>
#include <vector>

#include "reconcile/core/param_layout.h"

namespace reconcile {

/// The gradients of T task losses with respect to the P shared parameters, in one buffer that is allocated once and
/// reused.
class TaskGradients {
 public:
  /// Zeroed buffer for T tasks; dtype float32 or float64. `like` gives dtype and device.
  TaskGradients(const ParamLayout& layout, int64_t num_tasks, const at::TensorOptions& like);
  /// Over given rows [T, P], which stay the caller's; InvalidArgument if their shape does not fit the layout.
  TaskGradients(ParamLayout layout, at::Tensor rows);

  [[nodiscard]] const ParamLayout& layout() const { return layout_; }
  [[nodiscard]] int64_t num_tasks() const { return rows_.size(0); }
  /// [T, P], row t = gradient of task t.
  [[nodiscard]] const at::Tensor& rows() const;
  /// Type and device of the rows.
  [[nodiscard]] at::TensorOptions options() const { return rows_.options(); }
  /// Place of parameter i of task t inside the buffer: a flat view.
  [[nodiscard]] const at::Tensor& place(int64_t t, int64_t parameter) const { return places_[t][parameter]; }

  /// The task losses of this step, [T]; set by who fills the rows.
  std::vector<double> losses;

  /// Rows [T, P] of the same losses on other, independent batches of this step, for aggregators that ask for them.
  std::vector<at::Tensor> independent;

  /// Gramian of every layer, float64 [L, T, T] on the CPU, in one pass over the rows. Kept until `changed()`.
  [[nodiscard]] const at::Tensor& layer_gramians() const;
  /// Gramian of the whole vector, float64 [T, T] on the CPU: the sum over the layers.
  [[nodiscard]] at::Tensor gramian() const;
  /// The gradients of layers [first, end): a view of the rows, with the losses and what is known of the Gramians.
  [[nodiscard]] TaskGradients part(int64_t first, int64_t end) const;
  /// Says that the rows were written anew.
  void changed();
  /// Multiplies row t by factors[t]. The numbers move only when somebody reads the rows: Gramians and combinations take
  /// the factors into their own.
  void scale(const std::vector<double>& factors);

  /// out = sum over t of weights[t] * row t, in one pass. `out` is [P], same dtype and device.
  void combine(const std::vector<double>& weights, at::Tensor& out) const;

  /// Seconds spent in passes over these rows and parts of them.
  struct Seconds {
    double gramians = 0, combines = 0;
  };
  /// Those since the last call.
  Seconds take_seconds() const { return std::exchange(*seconds_, {}); }

 private:
  ParamLayout layout_;
  at::Tensor rows_;
  std::vector<std::vector<at::Tensor>> places_;
  mutable at::Tensor layer_gramians_;    ///< of the rows with their factors
  mutable std::vector<double> factors_;  ///< [T] that the rows still lack, or empty
  std::shared_ptr<Seconds> seconds_ = std::make_shared<Seconds>();
};

}  // namespace reconcile
