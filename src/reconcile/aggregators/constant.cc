/// Adds the task gradients with given weights: one step on a weighted sum of the losses, also called linear
/// scalarisation.
///   d = sum of w_t g_t                              rows [T, P] -> d [P]
/// w = weights [T], 1 for every task if none are given.
/// Reduction: sum. Its weights are constant, so training needs one backward pass and no [T, P].
/// Cost: one backward pass.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/core/task.h"

namespace reconcile {
namespace {

class Constant final : public ConstantAggregator {
 public:
  struct Options {
    std::vector<double> weights;
  };
  explicit Constant(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool takes_fewer_tasks() const override { return options_.weights.empty(); }
  [[nodiscard]] std::optional<std::vector<double>> constant_weights(int64_t num_tasks) const override {
    return task_values(options_.weights, num_tasks, 1.0, "aggregator \"constant\": weights");
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry constant_entry() {
  using O = Constant::Options;
  return aggregator_entry<Constant>(
      {"constant", "Weighted sum of the task gradients (linear scalarisation)", "a weighted sum of the losses"},
      Reduction::kSum, kPermutation | kHomogeneous,
      {option("weights", &O::weights, any(), "one number a task; 1 for every task if none are given")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
