/// Random gradient weighting: averages the task gradients with new random weights in every step. A baseline for methods
/// that compute their weights.
///   w = softmax(e),  e_t standard normal
///   d = sum of w_t g_t                              rows [T, P] -> d [P]
/// Reduction: mean; identical rows g give g. The expected direction is the mean of the rows.
/// Cost: T backward passes, [T, P] memory. Draws T normal numbers, in the order of the tasks, from the rng.
/// Paper: Lin et al., TMLR 2022, arXiv:2111.10603, RGW with normal weights.

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {
namespace {

class Random final : public GramianAggregator {
 public:
  using Options = NoOptions;
  explicit Random(const Options& /*options*/) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double /*noise*/, Rng& rng) override {
    std::vector<double> weights(gramian.rows());
    double sum = 0;
    for (double& weight : weights) sum += weight = std::exp(rng.normal());
    for (double& weight : weights) weight /= sum;
    return {weights, {}, ""};
  }
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry random_entry() {
  return aggregator_entry<Random>({"random", "Random gradient weighting (RGW)", "arXiv:2111.10603"}, Reduction::kMean,
                                  kHomogeneous, {}, /*is_random=*/true);
}

}  // namespace aggregator_entries
}  // namespace reconcile
