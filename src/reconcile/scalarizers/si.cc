/// Scale-invariant loss: the sum of the logarithms, so that a task's scale has no say at all. It is also the loss
/// transform of DB-MTL.
///   L = sum of log l_t,   w_t = 1 / l_t                                        losses [T] -> L, w [T]
/// Reduction: sum; each of T equal losses gets 1 / l, as it would alone.
/// Cost: one backward pass; no memory.
/// Fallbacks: none. StateError for a loss that is not positive.
/// Paper: Lin et al., Dual-Balancing for Multi-Task Learning, arXiv:2308.12029 (its log transform).
/// Differs: DB-MTL's code takes log(l + 1e-8), which is no longer scale-invariant. GeMTL's SI_naive, the sum of
/// l / stopgrad(l), has the same weights.

#include "reconcile/scalarizers/log_space.h"

namespace reconcile {
namespace {

class ScaleInvariant final : public Scalarizer {
 public:
  using Options = NoOptions;
  ScaleInvariant(const Options& /*options*/, int64_t /*num_tasks*/) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    Scalarization result;
    const std::vector<double> logs = positive_logs(losses, "scalarizer \"si\": the loss");
    for (const double log : logs) result.value += log;
    for (const double loss : losses) result.weights.push_back(1.0 / loss);
    return result;
  }
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry si_entry() {
  return scalarizer_entry<ScaleInvariant>({"si", "Scale-invariant loss: the sum of logarithms", "arXiv:2308.12029"},
                                          Reduction::kSum, kEquivariant | kMonotone | kDerivative, {});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
