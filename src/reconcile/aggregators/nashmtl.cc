/// Bargaining: the direction on which the tasks agree in Nash's sense, where the product of their gains is largest.
///   M w = 1 / w (entry by entry), w > 0,    M = G / |G|_F,  G = rows rows' [T, T]
///   d = rows' w [P]
/// Only the directions of the rows decide where d points. With normalise = false, M = G as in the paper, and |d| is
/// sqrt(T) whatever the length of the rows.
/// Reduction: sum; identical rows g give T g (with normalise = false sqrt(T) g / |g|).
/// Cost: T backward passes, [T, P] memory, a few Newton steps on T x T in double on the CPU.
/// Fallbacks: "zero row" (zero rows get no weight) and "stationary" (0 lies in the hull, so no such w exists). The
/// latter gives the dual-cone projection of the sum of the rows, which raises no task.
/// Paper: Navon et al., ICML 2022, arXiv:2202.01017, claim 3.1.
/// Differs from the authors' code: the fixed point exactly (a strictly convex problem) instead of 20 convex-concave
/// rounds with absolute tolerances; solved in every step, so there is no state. Their M = G / |G|_F is kept. Clipping
/// the shared gradient to length 1, as they do, is an option of training.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/linalg/fair_point.h"

namespace reconcile {
namespace {

class NashMtl final : public GramianAggregator {
 public:
  struct Options {
    bool normalise = true;
  };
  explicit NashMtl(const Options& options) : options_(options) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const double size = options_.normalise ? gramian.norm() : 1.0;
    const FairPoint point = fair_point(size > 0 ? gramian / size : gramian, 1.0, noise);
    return weighted(point.weights, {{"residual", point.residual}, {"iterations", point.iterations}}, point.fallback);
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry nashmtl_entry() {
  using O = NashMtl::Options;
  return aggregator_entry<NashMtl>(
      {"nashmtl", "Multi-task learning as a bargaining game", "arXiv:2202.01017, claim 3.1"}, Reduction::kSum,
      kPermutation | kHomogeneous | kNonConflict,
      {option("normalise", &O::normalise, any(), "divide the Gramian by its norm; if false, |d| = sqrt(T) always")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
