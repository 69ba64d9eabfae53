/// Adds the task gradients: one step on the sum of the losses, what joint training does.
///   d = sum of g_t                                  rows [T, P] -> d [P]
/// Reduction: sum. Its weights are constant, so training needs one backward pass and no [T, P].

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {
namespace {

class Sum final : public ConstantAggregator {
 public:
  using Options = NoOptions;
  explicit Sum(const Options& /*options*/) {}

  [[nodiscard]] std::optional<std::vector<double>> constant_weights(int64_t num_tasks) const override {
    return std::vector<double>(num_tasks, 1.0);
  }
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry sum_entry() {
  return aggregator_entry<Sum>({"sum", "Sum of the task gradients (joint training)", "the plain sum of the losses"},
                               Reduction::kSum, kPermutation | kHomogeneous, {});
}

}  // namespace aggregator_entries
}  // namespace reconcile
