/// Fixed weights, chosen by hand or by a search.
///   L = sum of w_t l_t                                                         losses [T] -> L, w [T]
/// Reduction: sum; with no weights given it is the plain sum.
/// Cost: one backward pass; no memory.
/// Fallbacks: none.
/// Paper: none; "linear scalarization". Kurin et al., NeurIPS 2022, and Xin et al., NeurIPS 2022, show how far it goes.
/// Differs: nothing.

#include <numeric>

#include "reconcile/core/task.h"
#include "reconcile/scalarizers/memory.h"
#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {
namespace {

class Constant final : public Scalarizer {
 public:
  struct Options {
    std::vector<double> weights;
  };
  Constant(const Options& options, int64_t num_tasks)
      : weights_(task_values(options.weights, num_tasks, 1.0, "scalarizer \"constant\": weights")) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    return {std::inner_product(losses.begin(), losses.end(), weights_.begin(), 0.0), weights_};
  }

  [[nodiscard]] std::optional<std::vector<double>> constant_weights() const override { return weights_; }

 private:
  std::vector<double> weights_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry constant_entry() {
  using O = Constant::Options;
  return scalarizer_entry<Constant>(
      {"constant", "Fixed task weights", "linear scalarization"}, Reduction::kSum,
      kEquivariant | kScaleKeeping | kMonotone | kDerivative,
      {option("weights", &O::weights, at_least(0), "weight of each task, one number a task; none: 1 each")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
