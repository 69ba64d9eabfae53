/// Generalised mean of the losses whose exponent follows how far apart the losses are now.
///   p = offset + factor sd^power,   sd = sqrt(mean of (l_t - mean l)^2)
///   M = ((sum of l_t^p) / T)^(1/p),   w_t = (l_t / M)^(p - 1) / T              losses [T] -> M, w [T]
/// Reduction: mean.
/// Cost: one backward pass; no memory.
/// Fallbacks: none. StateError for a loss that is not positive.
/// Paper: none; trials of the GeMTL authors, of which byte-code is left. Their "GeMopt" 0, 1, 2, 3, 4, 10 and 11 are
/// (offset, factor, power) = (1, -T, 1/T), (0, 2, 1), (-1, 2, 1), (1, -2, 1), (0, -2, 1), (1, -2, 0.5) and (1, -3,
/// 0.5). Differs: p is a constant of the step and not differentiated; whether theirs was is not known. Like theirs it
/// depends on the scale of the losses.

#include <algorithm>
#include <cmath>

#include "reconcile/scalarizers/log_space.h"

namespace reconcile {
namespace {

/// Population standard deviation of positive numbers of any size.
double spread(const std::vector<double>& losses) {
  const double high = *std::max_element(losses.begin(), losses.end());
  const auto count = static_cast<double>(losses.size());
  double mean = 0, square = 0;
  for (const double loss : losses) mean += loss / high / count;
  for (const double loss : losses) square += (loss / high - mean) * (loss / high - mean) / count;
  return high * std::sqrt(square);
}

class SpreadMean final : public Scalarizer {
 public:
  struct Options {
    double offset = 1.0;
    double factor = -2.0;
    double power = 1.0;
  };
  SpreadMean(const Options& options, int64_t /*num_tasks*/) : options_(options) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    const std::vector<double> logs = positive_logs(losses, "scalarizer \"gemtl_spread\": the loss");
    const double p = options_.offset + options_.factor * std::pow(spread(losses), options_.power);
    return power_mean(logs, std::clamp(p, -1e300, 1e300));
  }

 private:
  Options options_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry gemtl_spread_entry() {
  using O = SpreadMean::Options;
  return scalarizer_entry<SpreadMean>(
      {"gemtl_spread", "Generalised mean whose exponent follows the spread of the losses",
       "github.com/cvlab-yonsei/Multi-Task-Learning"},
      Reduction::kMean, kEquivariant | kMonotone,
      {option("offset", &O::offset, between(-1e6, 1e6), "exponent for equal losses"),
       option("factor", &O::factor, between(-1e6, 1e6), "change with the spread"),
       option("power", &O::power, above_up_to(0, 1), "power of the spread")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
