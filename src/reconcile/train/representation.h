#pragma once

#include <vector>

#include "reconcile/core/task_gradients.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// Leaves in place of what every task reads, [T][features], so that backward passes end there.
std::vector<std::vector<at::Tensor>> leaves_of(const Representation& representation, int64_t num_tasks);

/// The representation in which task t reads leaves[t]; `size` as there.
Representation read_by(const std::vector<std::vector<at::Tensor>>& leaves, const std::vector<int64_t>& size);

/// The layout of one task's features as one layer, one parameter a feature.
ParamLayout layout_of(const std::vector<at::Tensor>& features);

/// What is pulled back from the representation: outputs, and their cotangents for shared and for own parameters. `own`
/// is empty where those of the shared parameters serve both.
struct Cotangents {
  std::vector<at::Tensor> outputs;
  std::vector<at::Tensor> shared;
  std::vector<at::Tensor> own;
};

/// From the tasks' gradients of the representation: `direction` for everyone where all tasks read the same, else each
/// stream gets the sum of its tasks' rows with the method's `weights` (and `own_weights` for own parameters; empty: 1).
/// InvalidArgument if tasks read different things and there are no weights.
Cotangents cotangents_of(const Representation& representation, const TaskGradients& rows, const at::Tensor& direction,
                         const std::vector<double>& weights, const std::vector<double>& own_weights);

}  // namespace reconcile
