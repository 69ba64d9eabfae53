/// Multiple-gradient descent: the shortest vector of the convex hull of the task gradients. It lowers every task at
/// once, and is zero where no direction does.
///   w = argmin over the simplex of w'Gw,    G = rows rows' [T, T]
///   d = rows' w [P]
/// Reduction: mean; identical rows g give g.
/// Cost: T backward passes, [T, P] memory, one finite T x T problem in double on the CPU.
/// Fallbacks: "zero row" and "stationary" (0 lies in the hull up to rounding). Both give exactly the zero direction
/// with zero weights: a normalising optimiser would blow rounding noise up to a full step.
/// Paper: Sener and Koltun, NeurIPS 2018, arXiv:1810.04650, algorithm 2; Desideri, C. R. Math. 2012.
/// Differs: solved exactly (Wolfe's method) instead of by Frank-Wolfe steps; gradients are not normalised; gradients of
/// the shared parameters, not the bound through the representation (MGDA-UB).

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/linalg/min_norm.h"

namespace reconcile {
namespace {

class Mgda final : public GramianAggregator {
 public:
  using Options = NoOptions;
  explicit Mgda(const Options& /*options*/) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    MinNormPoint point = min_norm(gramian, noise);
    if (!point.fallback.empty()) point.weights.setZero();
    return {std::vector<double>(point.weights.begin(), point.weights.end()),
            {{"residual", point.residual}, {"iterations", point.iterations}},
            point.fallback};
  }
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry mgda_entry() {
  return aggregator_entry<Mgda>({"mgda", "Multiple-gradient descent algorithm", "arXiv:1810.04650, algorithm 2"},
                                Reduction::kMean, kPermutation | kHomogeneous | kNonConflict, {});
}

}  // namespace aggregator_entries
}  // namespace reconcile
