/// Averages the task gradients: one step on the mean of the losses.
///   d = sum of g_t / T                              rows [T, P] -> d [P]
/// Reduction: mean. Its weights are constant, so training needs one backward pass and no [T, P].
/// Cost: one backward pass.

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {
namespace {

class Mean final : public ConstantAggregator {
 public:
  using Options = NoOptions;
  explicit Mean(const Options& /*options*/) {}

  [[nodiscard]] std::optional<std::vector<double>> constant_weights(int64_t num_tasks) const override {
    return std::vector<double>(num_tasks, 1.0 / static_cast<double>(num_tasks));
  }
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry mean_entry() {
  return aggregator_entry<Mean>({"mean", "Mean of the task gradients", "the plain mean of the losses"},
                                Reduction::kMean, kPermutation | kHomogeneous, {});
}

}  // namespace aggregator_entries
}  // namespace reconcile
