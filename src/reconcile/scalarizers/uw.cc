/// Uncertainty weighting: each task's loss is divided by a learned noise variance, exp(s_t), which the term s_t / 2
/// keeps from growing.
///   L = sum of exp(-s_t) l_t / 2 + s_t / 2,   w_t = exp(-s_t) / 2             losses [T] -> L, w [T]
///   dL/ds_t = (1 - exp(-s_t) l_t) / 2: at rest the weighted losses are all 1/2
/// Reduction: sum; the weight is 1/2 at s = 0.
/// Cost: one backward pass; parameters s [T], moved by the network's optimiser without weight decay.
/// Fallbacks: none.
/// Paper: Kendall, Gal and Cipolla, CVPR 2018, arXiv:1705.07115, with s = log sigma^2.
/// Differs: the factor 1/2 is kept for classification too, where the paper has 1 (LibMTL and TorchJD do the same).
/// LibMTL starts at s = -0.5 (start=-0.5 here) and lets weight decay pull s to 0.

#include <cmath>

#include "reconcile/scalarizers/memory.h"
#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {
namespace {

class Uncertainty final : public Scalarizer {
 public:
  struct Options {
    double start = 0.0;
  };
  Uncertainty(const Options& options, int64_t num_tasks)
      : s_(make_memory(num_tasks, options.start)), gradient_(make_memory(num_tasks)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    Scalarization result;
    for (size_t t = 0; t < losses.size(); ++t) {
      const double s = numbers(s_)[t];
      const double weight = 0.5 * std::exp(-s);
      result.weights.push_back(weight);
      result.value += weight * losses[t] + 0.5 * s;
      numbers(gradient_)[t] = 0.5 - weight * losses[t];
    }
    return result;
  }

  [[nodiscard]] NamedTensors parameters() const override { return {{"s", s_}}; }
  [[nodiscard]] std::vector<at::Tensor> parameter_gradients() const override { return {gradient_}; }

 private:
  at::Tensor s_, gradient_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry uw_entry() {
  using O = Uncertainty::Options;
  return scalarizer_entry<Uncertainty>(
      {"uw", "Uncertainty weighting", "arXiv:1705.07115"}, Reduction::kSum, kEquivariant | kMonotone | kDerivative,
      {option("start", &O::start, between(-100, 100), "log variance s of every task at first; LibMTL starts at -0.5")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
