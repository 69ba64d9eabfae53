#pragma once

#include <memory>

#include "reconcile/export/exportable.h"

namespace torch::jit {
struct Module;
}  // namespace torch::jit

namespace reconcile {

/// A recorded forward pass.
struct Traced {
  /// Tensors under their exported names, and `forward(input)`, which returns a tuple with one prediction a task.
  std::shared_ptr<torch::jit::Module> module;
  bool any_size = false;                            ///< also runs on other heights and widths
  std::vector<std::vector<int64_t>> output_shapes;  ///< of every prediction; -1 where it depends on the input
};

/// Records `source.forward` on three inputs: two batch sizes, and another height and width. A number that differs
/// between them is a size of some tensor, so it is replaced by that size; the result runs on any batch. StateError if
/// the operations, or a number that is no size, depend on the batch.
Traced trace(const Exportable& source);

}  // namespace reconcile
