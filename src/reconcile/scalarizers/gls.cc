/// Geometric loss strategy: the geometric mean of the losses, which no loss dominates by its scale.
///   L = (product of l_t)^(1/T),   w_t = L / (T l_t)                            losses [T] -> L, w [T]
/// Reduction: mean.
/// Cost: one backward pass; no memory.
/// Fallbacks: none. StateError for a loss that is not positive.
/// Paper: Chennupati et al., MultiNet++, CVPR workshops 2019, arXiv:1904.08492, with equal weights.
/// Differs: computed from logarithms, so many or tiny losses do not underflow. LibMTL trains the same loss but reports
/// weights that are inverted.

#include "reconcile/scalarizers/log_space.h"

namespace reconcile {
namespace {

class GeometricLoss final : public Scalarizer {
 public:
  using Options = NoOptions;
  GeometricLoss(const Options& /*options*/, int64_t /*num_tasks*/) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    return power_mean(positive_logs(losses, "scalarizer \"gls\": the loss"), 0.0);
  }
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry gls_entry() {
  return scalarizer_entry<GeometricLoss>({"gls", "Geometric loss strategy", "arXiv:1904.08492"}, Reduction::kMean,
                                         kEquivariant | kScaleKeeping | kMonotone | kDerivative, {});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
