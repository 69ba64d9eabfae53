/// Correlation-reduced weights: a moving average of the weights of another method, so that they depend less on the
/// batch whose gradients they combine.
///   w = alpha w + (1 - alpha) v,    v = the weights of `method` at this step; w = v at the first step            [T]
///   d = rows' w [P]
/// Reduction: mean; the weights of a `method` that reduces to the sum are divided by T.
/// Cost: that of `method`, and one more pass over [T, P]; T numbers are remembered, and what `method` remembers.
/// Fallbacks: those of `method`, whose name is passed on; its weights enter the average. Where several weights give the
/// direction of `method` (two tasks with one gradient), which of them enter is chance, and so is a part of the result.
/// Paper: Zhou et al., NeurIPS 2022, "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and
/// Beyond".
/// Differs: one alpha for all steps, 0.9 as in TorchJD; the paper's theory lets it change with the steps.

#include <ATen/ATen.h>

#include "reconcile/aggregators/memory.h"
#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr const char* kPrefix = "method.";

class CrMogm final : public RememberingAggregator {
 public:
  struct Options {
    std::string method = "mgda";
    double alpha = 0.9;
  };
  CrMogm(const Options& options, const AggregatorFactory& make)
      : RememberingAggregator("cr_mogm", {"weights"}), alpha_(options.alpha), method_(make(options.method)) {
    if (!method_->gives_weights()) {
      fail<InvalidArgument>(
          "aggregator \"cr_mogm\": method = \"{}\" gives no weights to average. Choose one that does.", options.method);
    }
  }

  [[nodiscard]] bool takes_fewer_tasks() const override { return method_->takes_fewer_tasks(); }
  [[nodiscard]] int64_t batches_per_step() const override { return method_->batches_per_step(); }
  [[nodiscard]] std::optional<std::vector<double>> constant_weights(int64_t num_tasks) const override {
    auto weights = method_->constant_weights(num_tasks);
    if (weights && method_->reduction() == Reduction::kSum) {
      for (double& weight : *weights) weight /= static_cast<double>(num_tasks);
    }
    return weights;
  }

  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) override {
    Aggregation result = (*method_)(gradients, rng, gradient);
    const auto T = static_cast<double>(gradients.num_tasks());
    const double to_mean = method_->reduction() == Reduction::kSum ? 1 / T : 1.0;
    const Eigen::ArrayXd fresh =
        to_mean * Eigen::Map<const Eigen::ArrayXd>(result.weights->data(), gradients.num_tasks());
    const bool is_first = RememberingAggregator::state().empty();
    auto weights = numbers("weights", {gradients.num_tasks()}, 0.0);
    if (is_first) weights = fresh;
    weights += (1 - alpha_) * (fresh - weights);
    result.weights = std::vector<double>(weights.begin(), weights.end());
    gradients.combine(*result.weights, gradient);
    return result;
  }

  [[nodiscard]] NamedTensors state() const override {
    NamedTensors all = RememberingAggregator::state();
    for (const auto& [name, tensor] : method_->state()) all.emplace_back(kPrefix + name, tensor);
    return all;
  }

  void load_state(const NamedTensors& state) override {
    NamedTensors own;
    NamedTensors inner;
    for (const auto& [name, tensor] : state) {
      const bool is_inner = name.starts_with(kPrefix);
      (is_inner ? inner : own).emplace_back(is_inner ? name.substr(std::string(kPrefix).size()) : name, tensor);
    }
    RememberingAggregator::load_state(own);
    method_->load_state(inner);
  }

 private:
  double alpha_;
  std::unique_ptr<Aggregator> method_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry cr_mogm_entry() {
  using O = CrMogm::Options;
  return aggregator_entry<CrMogm>(
      {"cr_mogm", "Correlation-reduced weights of another method", "Zhou et al., NeurIPS 2022"}, Reduction::kMean,
      /*laws=*/0,
      {option("method", &O::method, any(), "the method whose weights are averaged, such as cagrad(c=0.4)"),
       option("alpha", &O::alpha, between(0, 1), "part of the average that stays")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
