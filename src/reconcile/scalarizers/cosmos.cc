/// COSMOS's objective: a weighted sum of the losses, and a reward for the loss vector pointing in the direction of r.
///   L = r'l - lambda cos(r, l),   cos(r, l) = r'l / (|r| |l|)                  losses [T] -> L, w [T]
///   w = r - lambda (r / |r| - cos(r, l) l / |l|) / |l|
/// Reduction: mean; r is 1/T each if none is given.
/// Cost: one backward pass; no memory. Weights can be negative: a loss below its share is raised.
/// Fallbacks: w = r where the bracket is only rounding, and where all losses are 0, which have no direction.
/// Paper: Ruchte and Grabocka, ICDM 2021, arXiv:2103.13392, equation 5.
/// Differs: one fixed r; the paper draws r from a Dirichlet distribution in every step and feeds it to the network,
/// which this library has no place for. The paper tunes lambda from 0.01 to 8, with no default.

#include "reconcile/scalarizers/preference.h"
#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {
namespace {

class Cosmos final : public Scalarizer {
 public:
  struct Options {
    double lambda = 1.0;
    std::vector<double> preference;
  };
  Cosmos(const Options& options, int64_t num_tasks)
      : lambda_(options.lambda),
        preference_(make_preference(options.preference, num_tasks, 1.0 / static_cast<double>(num_tasks),
                                    "scalarizer \"cosmos\": preference")) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    const auto l = Eigen::VectorXd::Map(losses.data(), static_cast<Eigen::Index>(losses.size()));
    const Eigen::VectorXd r = preference_.length * preference_.unit;
    const double length = l.stableNorm();
    Scalarization result{r.dot(l), {r.begin(), r.end()}};
    if (length == 0) return result;
    const auto [cosine, rest] = decompose(preference_.unit, l / length);
    result.value -= lambda_ * cosine;
    for (size_t t = 0; t < losses.size(); ++t)
      result.weights[t] -= lambda_ * (rest[static_cast<Eigen::Index>(t)] / length);
    return result;
  }

 private:
  double lambda_;
  Preference preference_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry cosmos_entry() {
  using O = Cosmos::Options;
  return scalarizer_entry<Cosmos>(
      {"cosmos", "Weighted sum with a cosine reward", "arXiv:2103.13392, equation 5"}, Reduction::kMean,
      kEquivariant | kDerivative,
      {option("lambda", &O::lambda, at_least(0), "reward for pointing in the preferred direction"),
       option("preference", &O::preference, above(0), "weights and wanted ratios, one number a task; none: 1/T each")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
