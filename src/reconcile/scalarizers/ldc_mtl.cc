/// Loss discrepancy control: learned weights, and a penalty that pulls the weighted losses of neighbouring tasks
/// together.
///   v = softmax(s),   g_t = v_t l_t                                            losses [T] -> L, w [T]
///   L = sum of g_t + lambda sum over t < T of |g_t - g_(t+1)|
///   c_t = 1 + lambda (sign(g_t - g_(t+1)) - sign(g_(t-1) - g_t)), absent neighbours left out
///   w_t = v_t c_t,   dL/ds_t = v_t (c_t l_t - sum of v_k c_k l_k)
/// Reduction: mean; the derivative of the penalty counts as 0 where two weighted losses are equal.
/// Cost: one backward pass; parameters s [T], moved by the network's optimiser without weight decay. Weights can be
/// negative if lambda > 1/2.
/// Fallbacks: none.
/// Paper: Xiao et al., 2025, arXiv:2502.08585; the penalty form of its bilevel problem, trained in a single loop.
/// Differs: the paper's weights come from a small router network that sees features of the batch; here s is a plain
/// vector, as a scalarizer sees losses only. Losses are not normalised beforehand.

#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {
namespace {

class DiscrepancyControl final : public Scalarizer {
 public:
  struct Options {
    double lambda = 0.01;
  };
  DiscrepancyControl(const Options& options, int64_t num_tasks)
      : lambda_(options.lambda), s_(make_memory(num_tasks)), gradient_(make_memory(num_tasks)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    const auto s = numbers(s_);
    const std::vector<double> v = softmax({s.begin(), s.end()});
    std::vector<double> factors(losses.size(), 1.0);
    Scalarization result;
    for (size_t t = 0; t < losses.size(); ++t) {
      result.value += v[t] * losses[t];
      if (t + 1 == losses.size()) break;
      const double difference = v[t] * losses[t] - v[t + 1] * losses[t + 1];
      const double signed_lambda = difference > 0 ? lambda_ : difference < 0 ? -lambda_ : 0.0;
      result.value += signed_lambda * difference;
      factors[t] += signed_lambda;
      factors[t + 1] -= signed_lambda;
    }
    double mean = 0;
    for (size_t t = 0; t < losses.size(); ++t) {
      result.weights.push_back(v[t] * factors[t]);
      mean += result.weights[t] * losses[t];
    }
    for (size_t t = 0; t < losses.size(); ++t) numbers(gradient_)[t] = v[t] * (factors[t] * losses[t] - mean);
    return result;
  }

  [[nodiscard]] NamedTensors parameters() const override { return {{"s", s_}}; }
  [[nodiscard]] std::vector<at::Tensor> parameter_gradients() const override { return {gradient_}; }

 private:
  double lambda_;
  at::Tensor s_, gradient_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry ldc_mtl_entry() {
  using O = DiscrepancyControl::Options;
  return scalarizer_entry<DiscrepancyControl>(
      {"ldc_mtl", "Loss discrepancy control", "arXiv:2502.08585"}, Reduction::kMean, kMonotone | kDerivative,
      {option("lambda", &O::lambda, at_least(0), "penalty for neighbouring weighted losses that differ")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
