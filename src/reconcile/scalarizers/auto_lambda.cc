/// Auto-Lambda: task weights that would have made the last step better for other samples of all tasks, learned by
/// looking one step ahead.
///   z = softmax(x),   L = sum of z_t l_t,   w_t = z_t                          losses [T] -> L, w [T]
///   before the step, with batch 0 (train) and batch 1 (validation), parameters p and the learning rate r of the step:
///     v = gradient of sum l_t(batch 1) at p - r sum of z_t gradient of l_t(batch 0)
///     h = J' (l(batch 0) at p + e v - l(batch 0) at p - e v) / (2 e),   e = 0.01 / |v|,   J = dz/dx
///     Adam on x with the gradient -r h
/// Reduction: mean; the weights add up to 1.
/// Cost: three backward passes and two more forward passes; two batches a step, so a step uses twice the samples;
/// memory of two more vectors of all parameters.
/// Fallbacks: none; where v = 0 the weights stay.
/// Paper: Liu et al., TMLR 2022, arXiv:2202.03091, algorithm 1; the finite difference is that of DARTS.
/// Differs: weights are a softmax, as in LibMTL, instead of free numbers that start at 0.1, so that the learning rate
/// keeps its meaning; all tasks are primary; the look-ahead is plain gradient descent, without momentum and decay.

#include <ATen/ATen.h>

#include "reconcile/scalarizers/task_logits.h"

namespace reconcile {
namespace {

class AutoLambda final : public Scalarizer {
 public:
  struct Options {
    double lr = 1e-3;
  };
  AutoLambda(const Options& options, int64_t num_tasks) : lr_(options.lr), logits_(num_tasks) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    return weighted_sum(losses, logits_.weights());
  }

  [[nodiscard]] int64_t batches_per_step() const override { return 2; }

  at::Tensor look_ahead(Probe& probe, double learning_rate) override {
    const at::Tensor ahead = probe.gradient(0, logits_.weights(), {}).mul(-learning_rate);
    at::Tensor v = probe.gradient(1, std::vector<double>(logits_.weights().size(), 1.0), ahead);
    const double length = v.norm().item<double>();
    if (length == 0) return {};
    const double epsilon = 0.01 / length;
    std::vector<double> difference = probe.losses(0, v.mul(epsilon));
    const std::vector<double> behind = probe.losses(0, v.mul_(-epsilon));
    for (size_t t = 0; t < difference.size(); ++t) {
      difference[t] = -learning_rate * (difference[t] - behind[t]) / (2 * epsilon);
    }
    logits_.adam(logits_.pull(difference), lr_);
    return {};
  }

  [[nodiscard]] NamedTensors state() const override { return logits_.state(); }

 private:
  double lr_;
  TaskLogits logits_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry auto_lambda_entry() {
  using O = AutoLambda::Options;
  return scalarizer_entry<AutoLambda>(
      {"auto_lambda", "Auto-Lambda: weights learned by looking one step ahead", "arXiv:2202.03091, algorithm 1"},
      Reduction::kMean, kEquivariant | kScaleKeeping | kMonotone | kUnitSum | kDerivative,
      {option("lr", &O::lr, at_least(0), "learning rate of the task logits")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
