#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/safetensors.h"
#include "reconcile/core/task.h"

namespace reconcile {

class MultiTaskModel;

/// What goes into a file that others run: a function of one tensor, and the tensors it reads.
struct Exportable {
  /// [B, C, H, W] -> one prediction for each of `tasks`. Called in evaluation mode, without gradients.
  std::function<std::vector<at::Tensor>(const at::Tensor&)> forward;
  TaskSet tasks;                     ///< of the predictions, in their order
  std::vector<int64_t> input_shape;  ///< [C, H, W]
  NamedTensors state;                ///< parameters and running statistics; those that nobody reads are left out
};

/// Some tasks of a model in the order of `tasks`, all in the model's order if it is empty. The model is put into
/// evaluation mode and must outlive the result. InvalidArgument for an unknown or repeated task.
Exportable exportable(MultiTaskModel& model, const std::vector<std::string>& tasks, std::vector<int64_t> input_shape);

/// What the files tell about themselves under the key "reconcile": version, input shape, and name, kind and number of
/// outputs of every task.
Json export_metadata(const Exportable& source);

}  // namespace reconcile
