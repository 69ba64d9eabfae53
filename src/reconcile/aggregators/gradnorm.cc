/// Gradient normalisation: task weights that are moved, step by step, until all weighted gradients have a common
/// length, longer for tasks that learn slowly.
///   d = sum of w_t g_t [P],   then, with n_t = w_t |g_t|, m = mean n, q_t = l_t / l_t(first step), r_t = q_t / mean q:
///   w_t -= rate * slope_t,    slope = derivative of sum |n_t - m r_t^alpha| / m for constant m r_t^alpha
///                                   = sign(n_t - m r_t^alpha) |g_t| / m                                       [T]
///   w *= T / sum w                                                           w = 1 at the first step
/// Reduction: sum; identical rows g give T g.
/// Cost: T backward passes, [T, P] memory; T numbers are remembered, and the first losses.
/// Fallbacks: "all zero" (no gradient has a length: w stays). A weight at most halves in a step, so it stays positive.
/// StateError if a loss is not positive.
/// Paper: Chen et al., ICML 2018, arXiv:1711.02257, algorithm 1.
/// Differs: the derivative is divided by m, which makes the weights independent of the gradients' scale; norms of all
/// shared parameters, not of the last shared layer. LibMTL takes T softmax(s) moved by the network's optimiser, the
/// mean losses of the first epoch, and w = 1 during that epoch.

#include "reconcile/aggregators/inputs.h"
#include "reconcile/aggregators/memory.h"

namespace reconcile {
namespace {

class GradNorm final : public RememberingAggregator {
 public:
  struct Options {
    double alpha = 1.5;
    double rate = 0.025;
  };
  explicit GradNorm(const Options& options)
      : RememberingAggregator("gradnorm", {"weights", "first_losses"}), options_(options) {}

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    const int64_t T = gradients.num_tasks();
    const Eigen::ArrayXd norms = finite_norms(gradients);
    const Eigen::ArrayXd losses = positive_losses(gradients, "gradnorm");
    auto weights = numbers("weights", {T}, 1.0);
    auto first_losses = numbers("first_losses", {T}, 0.0);
    if (first_losses(0) == 0) first_losses = losses;
    Aggregation result = weighted(weights);
    gradients.combine(*result.weights, gradient);
    if (norms.maxCoeff() == 0) {
      result.fallback = "all zero";
    } else {
      move(weights, norms, losses / first_losses);
    }
    return result;
  }

 private:
  void move(Eigen::Map<Eigen::ArrayXd>& weights, const Eigen::ArrayXd& norms, const Eigen::ArrayXd& progress) const {
    const Eigen::ArrayXd lengths = weights * norms;
    const double mean = lengths.mean();
    const Eigen::ArrayXd targets = mean * (progress / progress.mean()).pow(options_.alpha);
    const Eigen::ArrayXd slope = (lengths - targets).sign() * norms / mean;
    weights = (weights - options_.rate * slope).max(weights / 2);
    weights *= static_cast<double>(weights.size()) / weights.sum();
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry gradnorm_entry() {
  using O = GradNorm::Options;
  return aggregator_entry<GradNorm>({"gradnorm", "Gradient normalisation", "arXiv:1711.02257, algorithm 1"},
                                    Reduction::kSum, kPermutation | kHomogeneous,
                                    {option("alpha", &O::alpha, at_least(0),
                                            "how much longer the gradients of slow tasks shall be; 0: equal lengths"),
                                     option("rate", &O::rate, above(0), "learning rate of the weights")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
