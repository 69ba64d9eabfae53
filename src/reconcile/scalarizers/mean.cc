/// Mean of the losses: equal weighting, divided by the number of tasks.
///   L = (sum of l_t) / T,   w_t = 1/T                                          losses [T] -> L, w [T]
/// Reduction: mean.
/// Cost: one backward pass; no memory.
/// Fallbacks: none.
/// Paper: none; LibMTL's GeMTL fork calls it "Arithmetic".
/// Differs: nothing.

#include <numeric>

#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {
namespace {

class Mean final : public Scalarizer {
 public:
  using Options = NoOptions;
  Mean(const Options& /*options*/, int64_t num_tasks) : num_tasks_(num_tasks) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    const double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
    return {sum / static_cast<double>(num_tasks_), *constant_weights()};
  }

  [[nodiscard]] std::optional<std::vector<double>> constant_weights() const override {
    return std::vector<double>(num_tasks_, 1.0 / static_cast<double>(num_tasks_));
  }

 private:
  int64_t num_tasks_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry mean_entry() {
  return scalarizer_entry<Mean>({"mean", "Mean of the losses", "the plain mean of the losses"}, Reduction::kMean,
                                kEquivariant | kScaleKeeping | kMonotone | kUnitSum | kDerivative, {});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
