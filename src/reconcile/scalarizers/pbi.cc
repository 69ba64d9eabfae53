/// Penalty-based boundary intersection: moves the loss vector towards its ideal along a wanted direction r, and
/// penalises what stands off that direction.
///   v = l - reference,   u = r / |r|,   d1 = v'u,   e = v - d1 u,   d2 = |e|
///   L = (d1 + theta d2) |r| / (sum of r),   w = (u + theta e / d2) |r| / (sum of r)      losses [T] -> L, w [T]
/// Reduction: mean; with theta = 0 it is the mean of v weighted by r.
/// Cost: one backward pass; no memory. Weights can be negative: a loss below its share is raised.
/// Fallbacks: d2 and its derivative count as 0 where e is only rounding.
/// Paper: Zhang and Li, MOEA/D, IEEE Transactions on Evolutionary Computation 11(6), 2007; theta = 5 is theirs.
/// Differs: the factor |r| / (sum of r), which makes learning rates comparable; TorchJD adds 1e-12 under the root.

#include "reconcile/core/task.h"
#include "reconcile/scalarizers/memory.h"
#include "reconcile/scalarizers/preference.h"
#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {
namespace {

class BoundaryIntersection final : public Scalarizer {
 public:
  struct Options {
    double theta = 5.0;
    std::vector<double> preference;
    std::vector<double> reference;
  };
  BoundaryIntersection(const Options& options, int64_t num_tasks)
      : theta_(options.theta),
        preference_(make_preference(options.preference, num_tasks, 1.0, "scalarizer \"pbi\": preference")),
        reference_(task_values(options.reference, num_tasks, 0.0, "scalarizer \"pbi\": reference")) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    using Eigen::VectorXd;
    const auto T = static_cast<Eigen::Index>(losses.size());
    const VectorXd v = VectorXd::Map(losses.data(), T) - VectorXd::Map(reference_.data(), T);
    const auto [along, rest] = decompose(v, preference_.unit);
    const double distance = rest.stableNorm();
    const double factor = preference_.length / preference_.sum;
    VectorXd weights = preference_.unit;
    if (distance > 0) weights += theta_ * (rest / distance);
    weights *= factor;
    return {factor * (along + theta_ * distance), {weights.begin(), weights.end()}};
  }

 private:
  double theta_;
  Preference preference_;
  std::vector<double> reference_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry pbi_entry() {
  using O = BoundaryIntersection::Options;
  return scalarizer_entry<BoundaryIntersection>(
      {"pbi", "Penalty-based boundary intersection", "Zhang and Li, MOEA/D, 2007"}, Reduction::kMean,
      kEquivariant | kScaleKeeping | kUnitSum | kDerivative,
      {option("theta", &O::theta, at_least(0), "penalty for standing off the preferred direction"),
       option("preference", &O::preference, above(0), "wanted ratios of the losses, one number a task; none: equal"),
       option("reference", &O::reference, any(), "ideal losses, one number a task; none: 0 each")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
