/// Smooth Tchebycheff: a smooth maximum over the tasks of how each stands to its reference; small mu is the maximum.
///   form = log:    x_t = log(l_t / n_t),        n_t the mean loss in epoch `warmup_epochs`; up to and with that epoch
///                  L = sum of log l_t
///   form = fixed:  x_t = preference_t (l_t - reference_t)
///   L = T mu log(sum of exp(x_t / mu)),  w_t = T softmax(x / mu)_t dx_t/dl_t   losses [T] -> L, w [T]
/// Reduction: sum.
/// Cost: one backward pass; memory of T numbers.
/// Fallbacks: none. StateError for a loss that is not positive, with form = log.
/// Paper: Lin et al., ICML 2024, arXiv:2402.19078 (form = fixed). The log form is that of the training code, as in
/// LibMTL. Differs: T times the paper's value, as in that code, so that both forms reduce alike; the preference is 1
/// each by default (TorchJD: 1/T). The value has the maximum that LibMTL takes off and does not put back; no 1e-20. A
/// run of `warmup_epochs` + 1 epochs or fewer never leaves the sum of logarithms.

#include <cmath>

#include "reconcile/core/task.h"
#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {
namespace {

class SmoothTchebycheff final : public Scalarizer {
 public:
  struct Options {
    double mu = 1.0;
    std::string form = "log";
    int64_t warmup_epochs = 4;
    std::vector<double> preference;
    std::vector<double> reference;
  };
  SmoothTchebycheff(const Options& options, int64_t num_tasks)
      : options_(options),
        preference_(task_values(options.preference, num_tasks, 1.0, "scalarizer \"stch\": preference")),
        reference_(task_values(options.reference, num_tasks, 0.0, "scalarizer \"stch\": reference")),
        nadir_(num_tasks) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& moment, Rng& /*rng*/) override {
    return options_.form == "log" ? log_form(losses, moment.epoch()) : fixed_form(losses);
  }

  [[nodiscard]] NamedTensors state() const override { return {{"nadir", nadir_.memory()}}; }

 private:
  Scalarization log_form(const std::vector<double>& losses, int64_t epoch) {
    const std::vector<double> logs = positive_logs(losses, "scalarizer \"stch\": the loss");
    const bool warm = nadir_.is_complete(epoch);
    if (!warm && epoch >= options_.warmup_epochs) nadir_.add(losses, epoch);
    Scalarization result;
    if (warm) {
      std::vector<double> x = logs;
      const std::vector<double> nadir = nadir_.means();
      for (size_t t = 0; t < x.size(); ++t) x[t] -= std::log(nadir[t]);
      result = smooth_maximum(x);
      for (size_t t = 0; t < x.size(); ++t) result.weights[t] /= losses[t];
      return result;
    }
    for (size_t t = 0; t < logs.size(); ++t) {
      result.value += logs[t];
      result.weights.push_back(1.0 / losses[t]);
    }
    return result;
  }

  [[nodiscard]] Scalarization fixed_form(const std::vector<double>& losses) const {
    std::vector<double> x;
    for (size_t t = 0; t < losses.size(); ++t) x.push_back(preference_[t] * (losses[t] - reference_[t]));
    Scalarization result = smooth_maximum(x);
    for (size_t t = 0; t < x.size(); ++t) result.weights[t] *= preference_[t];
    return result;
  }

  /// T mu log(sum of exp(x / mu)), and its derivatives with respect to x.
  [[nodiscard]] Scalarization smooth_maximum(std::vector<double> x) const {
    const auto count = static_cast<double>(x.size());
    for (double& v : x) v /= options_.mu;
    Scalarization result{count * options_.mu * log_sum_exp(x), softmax(x)};
    for (double& weight : result.weights) weight *= count;
    return result;
  }

  Options options_;
  std::vector<double> preference_, reference_;
  EpochMeans nadir_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry stch_entry() {
  using O = SmoothTchebycheff::Options;
  return scalarizer_entry<SmoothTchebycheff>(
      {"stch", "Smooth Tchebycheff scalarization", "arXiv:2402.19078"}, Reduction::kSum,
      kEquivariant | kMonotone | kDerivative,
      {option("mu", &O::mu, at_least(1e-6), "smoothness; small is the maximum"),
       option("form", &O::form, one_of({"log", "fixed"}), "log losses against an epoch's means, or a fixed reference"),
       option("warmup_epochs", &O::warmup_epochs, at_least(0),
              "with form=log: the epoch, from 0, that gives the means"),
       option("preference", &O::preference, above(0), "with form=fixed: importance, one number a task; none: 1 each"),
       option("reference", &O::reference, any(), "with form=fixed: ideal losses, one number a task; none: 0 each")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
