/// Fair resource allocation: maximises the alpha-fair utility of the tasks' gains, from their sum (alpha towards 0)
/// over their product (alpha = 1, Nash-MTL) to the smallest of them (alpha towards infinity).
///   M w = w^(-1 / alpha) (entry by entry), w > 0,    M = G / |G|_F,  G = rows rows' [T, T]
///   d = rows' w [P]
/// With normalise = false, M = G as in the paper; d then has the same direction, and grows with the length of the rows
/// to the power (1 - alpha) / (1 + alpha).
/// Reduction: sum; identical rows g give T g (with normalise = false another factor).
/// Cost: T backward passes, [T, P] memory, a few Newton steps on T x T in double on the CPU.
/// Fallbacks: "zero row" (zero rows get no weight), "stationary" (0 lies in the hull, so no such w exists) and
/// "unsolved" (alpha far from 1 on rows whose lengths differ by twenty decades). The last two give the dual-cone
/// projection of the sum of the rows, which raises no task.
/// Paper: Ban and Ji, ICML 2024, arXiv:2402.15638; alpha = 2 as in the authors' runs.
/// Differs: exact, where the authors call a least-squares solver with absolute tolerances, and M is divided by its
/// norm, without which d is not of the gradients' scale. The factor T of their code belongs to the training step here.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/linalg/fair_point.h"

namespace reconcile {
namespace {

class FairGrad final : public GramianAggregator {
 public:
  struct Options {
    double alpha = 2.0;
    bool normalise = true;
  };
  explicit FairGrad(const Options& options) : options_(options) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const double size = options_.normalise ? gramian.norm() : 1.0;
    const FairPoint point = fair_point(size > 0 ? gramian / size : gramian, options_.alpha, noise);
    return weighted(point.weights, {{"residual", point.residual}, {"iterations", point.iterations}}, point.fallback);
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry fairgrad_entry() {
  using O = FairGrad::Options;
  return aggregator_entry<FairGrad>(
      {"fairgrad", "Fair resource allocation in multi-task learning", "arXiv:2402.15638"}, Reduction::kSum,
      kPermutation | kHomogeneous | kNonConflict,
      {option("alpha", &O::alpha, at_least(0.1), "fairness: 1 gives Nash-MTL, larger values lift the worst task"),
       option("normalise", &O::normalise, any(), "divide the Gramian by its norm; if false, the scale of the paper")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
