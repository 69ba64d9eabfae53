/// Fast adaptive multi-task optimisation: aims at equal rates of improvement of all log losses, at the price of one
/// more forward pass instead of T backward passes.
///   z = softmax(x),   D_t = l_t - min_losses_t,   c = sum of z_t / D_t
///   L = sum of z_t log D_t / c,   w_t = z_t / (c D_t)                          losses [T] -> L, w [T]
///   after the step, on the same batch: Adam on x with the gradient  J'(log D_before - log D_after),  J = dz/dx,
///   plus weight_decay x: a task that improved less gets more weight
/// Reduction: mean; the weights add up to 1.
/// Cost: one backward pass and one more forward pass; memory of 4 T numbers.
/// Fallbacks: none. StateError for a loss that is not above min_losses.
/// Paper: Liu et al., NeurIPS 2023, arXiv:2306.03792.
/// Differs: no 1e-8 added to the losses; nothing is clipped here, which the authors' library does before the backward
/// pass and so without effect. Weight decay 0.001 as in their NYUv2, QM9 and CelebA runs (Cityscapes: 0.01). Not
/// differentiated: c.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/core/task.h"
#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {
namespace {

class Famo final : public Scalarizer {
 public:
  struct Options {
    double lr = 0.025;
    double weight_decay = 0.001;
    std::vector<double> min_losses;
  };
  Famo(const Options& options, int64_t num_tasks)
      : options_(options),
        min_losses_(task_values(options.min_losses, num_tasks, 0.0, "scalarizer \"famo\": min_losses")),
        logits_(make_memory(num_tasks)),
        moment1_(make_memory(num_tasks)),
        moment2_(make_memory(num_tasks)),
        before_(make_memory(num_tasks)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    const std::vector<double> distances = all_distances(losses);
    std::vector<double> logs;
    for (const double distance : distances) logs.push_back(std::log(distance));
    std::copy(distances.begin(), distances.end(), numbers(before_).begin());
    std::vector<double> logits = all_logits();
    const double log_total = log_sum_exp(logits);
    for (size_t t = 0; t < logs.size(); ++t) logits[t] -= log_total + logs[t];
    const double log_c = log_sum_exp(logits);
    Scalarization result{0.0, softmax(logits)};
    const std::vector<double> z = softmax(all_logits());
    for (size_t t = 0; t < logs.size(); ++t) result.value += z[t] * logs[t] * std::exp(-log_c);
    return result;
  }

  [[nodiscard]] bool wants_losses_after_step() const override { return true; }

  void after_step(const std::vector<double>& losses) override {
    std::vector<double> gains = all_distances(losses);
    for (size_t t = 0; t < gains.size(); ++t) gains[t] = std::log(numbers(before_)[t] / gains[t]);
    const std::vector<double> z = softmax(all_logits());
    const double mean = std::inner_product(z.begin(), z.end(), gains.begin(), 0.0);
    numbers(num_steps_)[0] += 1;
    for (size_t t = 0; t < gains.size(); ++t) adam(t, z[t] * (gains[t] - mean));
  }

  [[nodiscard]] NamedTensors state() const override {
    return {{"logits", logits_},
            {"moment1", moment1_},
            {"moment2", moment2_},
            {"num_steps", num_steps_},
            {"before", before_}};
  }

 private:
  [[nodiscard]] std::vector<double> all_logits() const {
    const auto logits = numbers(logits_);
    return {logits.begin(), logits.end()};
  }

  /// D [T].
  [[nodiscard]] std::vector<double> all_distances(std::vector<double> losses) const {
    for (size_t t = 0; t < losses.size(); ++t) losses[t] -= min_losses_[t];
    require_positive(losses, "scalarizer \"famo\": the distance to min_losses");
    return losses;
  }

  /// Adam with the usual constants; its 1e-8 stands beside gradients of log losses, which have no unit.
  void adam(size_t t, double gradient) {
    constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
    double& x = numbers(logits_)[t];
    double& m = numbers(moment1_)[t];
    double& v = numbers(moment2_)[t];
    const double steps = numbers(num_steps_)[0];
    gradient += options_.weight_decay * x;
    m += (1 - kBeta1) * (gradient - m);
    v += (1 - kBeta2) * (gradient * gradient - v);
    const double root = std::sqrt(v / (1 - std::pow(kBeta2, steps)));
    x -= options_.lr * (m / (1 - std::pow(kBeta1, steps))) / (root + 1e-8);
  }

  Options options_;
  std::vector<double> min_losses_;
  at::Tensor logits_, moment1_, moment2_, before_;
  at::Tensor num_steps_ = make_memory(1);
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry famo_entry() {
  using O = Famo::Options;
  return scalarizer_entry<Famo>(
      {"famo", "Fast adaptive multi-task optimisation", "arXiv:2306.03792"}, Reduction::kMean,
      kEquivariant | kScaleKeeping | kMonotone | kUnitSum,
      {option("lr", &O::lr, at_least(0), "learning rate of the task logits"),
       option("weight_decay", &O::weight_decay, at_least(0), "decay of the task logits"),
       option("min_losses", &O::min_losses, any(), "lower bounds of the losses, one number a task; none: 0 each")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
