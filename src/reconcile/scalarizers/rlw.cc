/// Random loss weighting: new random weights in every step, none better than another on average.
///   w = softmax(e),   e_t ~ N(0, 1)
///   L = sum of w_t l_t                                                         losses [T] -> L, w [T]
/// Reduction: mean; the weights add up to 1.
/// Cost: one backward pass; draws 2 T numbers from the rng, for the tasks in their order.
/// Fallbacks: none.
/// Paper: Lin et al., TMLR 2022, arXiv:2111.10603, with the normal distribution.
/// Differs: nothing.

#include <numeric>

#include "reconcile/scalarizers/log_space.h"

namespace reconcile {
namespace {

class RandomWeighting final : public Scalarizer {
 public:
  using Options = NoOptions;
  RandomWeighting(const Options& /*options*/, int64_t /*num_tasks*/) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& rng) override {
    std::vector<double> logits;
    for (size_t t = 0; t < losses.size(); ++t) logits.push_back(rng.normal());
    std::vector<double> weights = softmax(logits);
    return {std::inner_product(losses.begin(), losses.end(), weights.begin(), 0.0), std::move(weights)};
  }
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry rlw_entry() {
  return scalarizer_entry<RandomWeighting>({"rlw", "Random loss weighting", "arXiv:2111.10603"}, Reduction::kMean,
                                           kScaleKeeping | kMonotone | kUnitSum | kDerivative, {},
                                           /*is_random=*/true);
}

}  // namespace scalarizer_entries
}  // namespace reconcile
