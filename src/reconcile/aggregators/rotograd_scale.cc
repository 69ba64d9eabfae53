/// RotoGrad's norm homogenisation: all task gradients get one length, the mean of theirs that counts those tasks more
/// whose gradients shrank least since the first step.
///   d = C sum of g_t / |g_t| [P],   C = sum of a_t |g_t|,   a_t = q_t / sum q,   q_t = |g_t| / |g_t|(first step)
/// After `burn_in` steps the lengths of that step replace those of the first.
/// Reduction: sum; identical rows g give T g.
/// Cost: T backward passes, [T, P] memory; T numbers are remembered.
/// Fallbacks: "zero row" (it has no direction and is left out; its first step is the first one with a gradient).
/// Paper: Javaloy and Valera, ICLR 2022, arXiv:2103.02631, section 3.1; burn_in as in its code.
/// Differs: on the gradients of the shared parameters; the paper scales those of the representation, and rotates it,
/// which is not part of this method. Its code takes lengths below 1e-15 for 1e-15.

#include "reconcile/aggregators/inputs.h"
#include "reconcile/aggregators/memory.h"

namespace reconcile {
namespace {

class RotoGradScale final : public RememberingAggregator {
 public:
  struct Options {
    int64_t burn_in = 20;
  };
  explicit RotoGradScale(const Options& options)
      : RememberingAggregator("rotograd_scale", {"step", "first_norms"}), options_(options) {}

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    const Eigen::ArrayXd norms = finite_norms(gradients);
    auto step = numbers("step", {1}, 0.0);
    auto first = numbers("first_norms", {gradients.num_tasks()}, 0.0);
    const bool is_burned_in = step(0) == static_cast<double>(options_.burn_in);
    step(0) += 1;
    first = (first > 0).select(first, norms);
    if (is_burned_in) first = (norms > 0).select(norms, first);
    const Eigen::ArrayXd weights = weigh(norms, (norms > 0).select(norms / first, 0.0));
    Aggregation result = weighted(weights, {}, norms.minCoeff() > 0 ? "" : "zero row");
    gradients.combine(*result.weights, gradient);
    return result;
  }

 private:
  static Eigen::ArrayXd weigh(const Eigen::ArrayXd& norms, const Eigen::ArrayXd& growth) {
    const double total = growth.sum();
    if (total == 0) return Eigen::ArrayXd::Zero(norms.size());
    const double length = (growth / total * norms).sum();
    return (norms > 0).select(length / norms, 0.0);
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry rotograd_scale_entry() {
  using O = RotoGradScale::Options;
  return aggregator_entry<RotoGradScale>(
      {"rotograd_scale", "RotoGrad's norm homogenisation", "arXiv:2103.02631, section 3.1"}, Reduction::kSum,
      kPermutation | kHomogeneous,
      {option("burn_in", &O::burn_in, at_least(0), "step, from 0, whose gradient lengths replace those of the first")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
