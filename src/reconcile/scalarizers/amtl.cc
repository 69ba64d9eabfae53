/// Achievement-based training balance: a geometric mean of the losses that weighs the tasks most that are farthest from
/// what a network of their own achieves.
///   k_t <- k_t + momentum (achievement_t - k_t) after every validation; the first one sets k_t
///   a_t = max(0, 1 - k_t / (potential_t (1 + margin)))^focus
///   v = softmax(a), or a / (sum of a) with normalize = sum;   v_t = 1/T before the first validation
///   L = product of l_t^v_t,   w_t = v_t L / l_t                                losses [T] -> L, w [T]
/// Reduction: mean.
/// Cost: one backward pass; memory of T numbers.
/// Fallbacks: v_t = 1/T if normalize = sum and every a_t is 0. StateError for a loss that is not positive.
/// Paper: Yun and Cho, Achievement-Based Training Progress Balancing for Multi-Task Learning, ICCV 2023.
/// Differs: margin 0.05 is the default of the authors' class, 0.15 that of their program, where focus is 0.5. Without
/// potentials each is 1: full accuracy. The GeMTL fork never sees a validation and so is always gls. Not
/// differentiated: v, which is memory.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/core/task.h"
#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {
namespace {

class Achievement final : public Scalarizer {
 public:
  struct Options {
    std::vector<double> potentials;
    double margin = 0.05;
    double focus = 2.0;
    double momentum = 0.1;
    std::string normalize = "softmax";
  };
  Achievement(const Options& options, int64_t num_tasks)
      : options_(options),
        potentials_(task_values(options.potentials, num_tasks, 1.0, "scalarizer \"amtl\": potentials")),
        achieved_(make_memory(num_tasks)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    const std::vector<double> logs = positive_logs(losses, "scalarizer \"amtl\": the loss");
    const std::vector<double> shares = all_shares();
    const double log = std::inner_product(logs.begin(), logs.end(), shares.begin(), 0.0);
    Scalarization result{std::exp(log), {}};
    for (size_t t = 0; t < logs.size(); ++t) result.weights.push_back(shares[t] * std::exp(log - logs[t]));
    return result;
  }

  void after_validation(const std::vector<double>& achievements) override {
    const double rate = numbers(has_achieved_)[0] > 0 ? options_.momentum : 1.0;
    numbers(has_achieved_)[0] = 1;
    for (size_t t = 0; t < achievements.size(); ++t) {
      double& achieved = numbers(achieved_)[t];
      achieved += rate * (achievements[t] - achieved);
    }
  }

  [[nodiscard]] NamedTensors state() const override {
    return {{"achieved", achieved_}, {"has_achieved", has_achieved_}};
  }

 private:
  [[nodiscard]] std::vector<double> all_shares() const {
    std::vector<double> equal(potentials_.size(), 1.0 / static_cast<double>(potentials_.size()));
    if (numbers(has_achieved_)[0] == 0) return equal;
    std::vector<double> distances;
    for (size_t t = 0; t < potentials_.size(); ++t) {
      const double missing = 1.0 - numbers(achieved_)[t] / (potentials_[t] * (1.0 + options_.margin));
      distances.push_back(std::pow(std::max(0.0, missing), options_.focus));
    }
    if (options_.normalize == "softmax") return softmax(distances);
    const double sum = std::accumulate(distances.begin(), distances.end(), 0.0);
    if (sum == 0) return equal;
    for (double& share : distances) share /= sum;
    return distances;
  }

  Options options_;
  std::vector<double> potentials_;
  at::Tensor achieved_;
  at::Tensor has_achieved_ = make_memory(1);
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry amtl_entry() {
  using O = Achievement::Options;
  return scalarizer_entry<Achievement>(
      {"amtl", "Achievement-based training balance", "Yun and Cho, ICCV 2023"}, Reduction::kMean,
      kEquivariant | kScaleKeeping | kMonotone | kDerivative,
      {option("potentials", &O::potentials, above(0), "what each task achieves alone, one number a task; none: 1 each"),
       option("margin", &O::margin, at_least(0), "how much more than alone is aimed at"),
       option("focus", &O::focus, above(0), "the larger, the more the farthest tasks weigh"),
       option("momentum", &O::momentum, above_up_to(0, 1), "part of a new validation in the achievement"),
       option("normalize", &O::normalize, one_of({"softmax", "sum"}), "how the weights are made to add up to 1")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
