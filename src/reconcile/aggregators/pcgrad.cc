/// Gradient surgery: each task gradient loses the part that points against another task, one other task after the other
/// in a random order, and the results are added.
///   h_i = g_i;  for j in a random order of the others: if <h_i, g_j> < 0 then h_i -= <h_i, g_j> / |g_j|^2 g_j
///   d = sum of h_i [P]
/// It runs on coefficients: h_i = rows' c_i and <h_i, g_j> = (G c_i)_j with G = rows rows' [T, T].
/// Reduction: sum; identical rows g give T g. A zero row conflicts with nothing.
/// Cost: T backward passes, [T, P] memory, T^3 scalar operations. Draws T permutations from the rng.
/// Paper: Yu et al., NeurIPS 2020, arXiv:2001.06782, algorithm 1.
/// Differs from the CAGrad repository's copy, which takes the mean.

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {
namespace {

class PcGrad final : public GramianAggregator {
 public:
  using Options = NoOptions;
  explicit PcGrad(const Options& /*options*/) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double /*noise*/, Rng& rng) override {
    const Eigen::Index T = gramian.rows();
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(T);
    for (Eigen::Index i = 0; i < T; ++i) {
      Eigen::VectorXd coefficients = Eigen::VectorXd::Unit(T, i);
      for (const int64_t j : rng.permutation(T)) {
        const double product = gramian.col(j).dot(coefficients);
        if (j != i && product < 0) coefficients(j) -= product / gramian(j, j);
      }
      weights += coefficients;
    }
    return weighted(weights);
  }
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry pcgrad_entry() {
  return aggregator_entry<PcGrad>({"pcgrad", "Projecting conflicting gradients", "arXiv:2001.06782, algorithm 1"},
                                  Reduction::kSum, kHomogeneous, {}, /*is_random=*/true);
}

}  // namespace aggregator_entries
}  // namespace reconcile
