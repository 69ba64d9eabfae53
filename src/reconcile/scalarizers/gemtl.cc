/// Generalised mean of the losses, from the smallest (p to minus infinity) over harmonic (-1), geometric (0) and
/// arithmetic mean (1) to the largest; p may walk through the run.
///   M = ((sum of l_t^p) / T)^(1/p),   w_t = (l_t / M)^(p - 1) / T              losses [T] -> M, w [T]
///   p goes in equal steps from `p` in the first step of the run to `p_end` in the last; p = 0 is the geometric mean
/// Reduction: mean.
/// Cost: one backward pass; no memory.
/// Fallbacks: none. StateError for a loss that is not positive.
/// Paper: none with numbers; GeMTL (github.com/cvlab-yonsei/Multi-Task-Learning), meant to walk from -0.5 to 0.5.
/// Differs: the shipped code never moves p from -0.5 + 1 / steps, by mistake, and takes the geometric mean for all
/// |p| < 0.1; here p walks, and p near 0 is exact. Computed from logarithms. Other walks they tried: p=0, p_end=1
/// (GeM_curri); p=2, p_end=1 (GeM_anti).

#include "reconcile/scalarizers/log_space.h"

namespace reconcile {
namespace {

class GeneralisedMean final : public Scalarizer {
 public:
  struct Options {
    double p = -0.5;
    double p_end = 0.5;
  };
  GeneralisedMean(const Options& options, int64_t /*num_tasks*/) : options_(options) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& moment, Rng& /*rng*/) override {
    const double p = options_.p + (options_.p_end - options_.p) * moment.progress();
    return power_mean(positive_logs(losses, "scalarizer \"gemtl\": the loss"), p);
  }

 private:
  Options options_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry gemtl_entry() {
  using O = GeneralisedMean::Options;
  return scalarizer_entry<GeneralisedMean>(
      {"gemtl", "Generalised mean of the losses", "github.com/cvlab-yonsei/Multi-Task-Learning"}, Reduction::kMean,
      kEquivariant | kScaleKeeping | kMonotone | kDerivative,
      {option("p", &O::p, between(-1e6, 1e6), "exponent at the first step; large is the maximum"),
       option("p_end", &O::p_end, between(-1e6, 1e6), "exponent at the last step; equal to p is constant")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
