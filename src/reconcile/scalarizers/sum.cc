/// Sum of the losses: equal weighting, what joint training does.
///   L = sum of l_t,   w_t = 1                                                  losses [T] -> L, w [T]
/// Reduction: sum.
/// Cost: one backward pass; no memory.
/// Fallbacks: none.
/// Paper: none; "equal weighting" (EW) in LibMTL.
/// Differs: nothing.

#include <numeric>

#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {
namespace {

class Sum final : public Scalarizer {
 public:
  using Options = NoOptions;
  Sum(const Options& /*options*/, int64_t num_tasks) : num_tasks_(num_tasks) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    return {std::accumulate(losses.begin(), losses.end(), 0.0), *constant_weights()};
  }

  [[nodiscard]] std::optional<std::vector<double>> constant_weights() const override {
    return std::vector<double>(num_tasks_, 1.0);
  }

 private:
  int64_t num_tasks_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry sum_entry() {
  return scalarizer_entry<Sum>({"sum", "Sum of the losses (equal weighting)", "the plain sum of the losses"},
                               Reduction::kSum, kEquivariant | kScaleKeeping | kMonotone | kDerivative, {});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
