/// Conflict-averse descent: stays in a ball around the mean gradient g0 and moves to where the worst task gains most.
///   w = argmin over the simplex of  w'Gu + c|g0| sqrt(w'Gw),    G = rows rows' [T, T],  u = 1/T
///   d = (g0 + c|g0| g_w / |g_w|) / s,                           g_w = rows' w [P]
///   s = 1, 1 + c^2 or 1 + c for rescale = 0, 1, 2
/// Reduction: mean; identical rows g give (1 + c) / s times g.
/// Cost: T backward passes, [T, P] memory, one finite T x T problem in double on the CPU.
/// Fallbacks: "zero mean" (g0 = 0: the ball is a point, d = 0), "zero row" (zero rows count in g0 only), "stationary"
/// (g_w = 0, no direction of the ball raises the worst task above 0: of those that reach 0, the one nearest to g0).
/// Paper: Liu et al., NeurIPS 2021, arXiv:2110.14048, algorithm 1.
/// Differs from the authors' code: exact instead of SLSQP with absolute tolerances; no additive 1e-8; the factor T by
/// which they "match the sum loss" belongs to the training step here.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/linalg/cagrad_dual.h"

namespace reconcile {
namespace {

class CaGrad final : public GramianAggregator {
 public:
  struct Options {
    double c = 0.4;
    int64_t rescale = 1;
  };
  explicit CaGrad(const Options& options) : options_(options) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const CagradDual dual = cagrad_dual(gramian, options_.c, noise);
    const Eigen::VectorXd weights = dual.direction / divisor();
    return weighted(weights,
                    {{"objective", dual.objective}, {"residual", dual.residual}, {"iterations", dual.iterations}},
                    dual.fallback);
  }

 private:
  [[nodiscard]] double divisor() const {
    const double c = options_.c;
    return options_.rescale == 0 ? 1.0 : options_.rescale == 1 ? 1.0 + c * c : 1.0 + c;
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry cagrad_entry() {
  using O = CaGrad::Options;
  return aggregator_entry<CaGrad>(
      {"cagrad", "Conflict-averse gradient descent", "arXiv:2110.14048, algorithm 1"}, Reduction::kMean,
      kPermutation | kHomogeneous,
      {option("c", &O::c, at_least(0), "radius of the ball, relative to the mean gradient; 0 gives the mean"),
       option("rescale", &O::rescale, between(0, 2), "divide by 1 (0), 1 + c^2 (1) or 1 + c (2)")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
