/// Impartial multi-task learning, loss balance: each task's loss gets a learned scale, exp(s_t), which the term -s_t
/// keeps from vanishing. Together with the aggregator imtl_g it is IMTL.
///   L = sum of exp(s_t) l_t - s_t,   w_t = exp(s_t)                            losses [T] -> L, w [T]
///   dL/ds_t = exp(s_t) l_t - 1: at rest the weighted losses are all 1
/// Reduction: sum; the weight is 1 at s = 0, where it starts.
/// Cost: one backward pass; parameters s [T], moved by the network's optimiser without weight decay.
/// Fallbacks: none.
/// Paper: Liu et al., Towards Impartial Multi-task Learning, ICLR 2021, the loss balance with base e.
/// Differs from LibMTL, where weight decay pulls s to 0.

#include <cmath>

#include "reconcile/scalarizers/memory.h"
#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {
namespace {

class ImtlL final : public Scalarizer {
 public:
  using Options = NoOptions;
  ImtlL(const Options& /*options*/, int64_t num_tasks)
      : s_(make_memory(num_tasks)), gradient_(make_memory(num_tasks)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    Scalarization result;
    for (size_t t = 0; t < losses.size(); ++t) {
      const double s = numbers(s_)[t];
      const double weight = std::exp(s);
      result.weights.push_back(weight);
      result.value += weight * losses[t] - s;
      numbers(gradient_)[t] = weight * losses[t] - 1.0;
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

ScalarizerEntry imtl_l_entry() {
  return scalarizer_entry<ImtlL>({"imtl_l", "Impartial multi-task learning: loss balance", "Liu et al., ICLR 2021"},
                                 Reduction::kSum, kEquivariant | kMonotone | kDerivative, {});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
