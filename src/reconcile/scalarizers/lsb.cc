/// Loss-scale balancing: once an epoch, weights that give every task the same share of the loss; with `difficulty`
/// (LSBwD) tilted by how loss and weight moved since the epoch before, more so late in the run. Without: LSBwoD.
///   m_t, M = mean of l_t and of L over an epoch;   b_t = M / (T m_t)
///   w_t = b_t a d_t,   d_t = ((b_t / b_t') / (m_t / m_t'))^((k - 1) / E),   a = T / sum of d_t
///   after epoch k = 1 ... E of the run; ' marks the epoch before, d_t = 1 at k = 1 and without `difficulty`
///   L = sum of w_t l_t, with w_t = 1/T in the first epoch                      losses [T] -> L, w [T]
/// Reduction: mean.
/// Cost: one backward pass; memory of 4 T numbers.
/// Fallbacks: if an epoch's mean loss of some task is not positive, the weights stay as they are.
/// Paper: Lee, Lee and Kim, Learning Multiple Pixelwise Tasks Based on Loss Scale Balancing, ICCV 2021.
/// Differs: formulas as in the GeMTL repository's classes, but as these mean it: the first epoch is not one step short,
/// and m' is the loss of the epoch before (their code overwrites it by the new weights). As b_t is
/// proportional to 1 / m_t, d favours losses that fell faster, where the paper's abstract speaks of focusing on
/// difficult tasks. Not differentiated: the weights, which are memory.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {
namespace {

class ScaleBalancing final : public Scalarizer {
 public:
  struct Options {
    bool difficulty = true;
  };
  ScaleBalancing(const Options& options, int64_t num_tasks)
      : options_(options),
        num_tasks_(num_tasks),
        current_(num_tasks + 1),
        last_logs_(make_memory(num_tasks)),
        weights_(make_memory(num_tasks, 1.0 / static_cast<double>(num_tasks))) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& moment, Rng& /*rng*/) override {
    if (current_.is_complete(moment.epoch())) end_epoch(moment);
    const auto weights = numbers(weights_);
    const double value = std::inner_product(losses.begin(), losses.end(), weights.begin(), 0.0);
    std::vector<double> all = losses;
    all.push_back(value);
    current_.add(all, moment.epoch());
    return {value, {weights.begin(), weights.end()}};
  }

  [[nodiscard]] NamedTensors state() const override {
    return {{"current", current_.memory()},
            {"last_logs", last_logs_},
            {"last_log_total", last_log_total_},
            {"num_epochs", num_epochs_},
            {"weights", weights_}};
  }

 private:
  void end_epoch(const Moment& moment) {
    std::vector<double> logs = current_.means();
    if (!std::all_of(logs.begin(), logs.end(), [](double mean) { return mean > 0; })) return;
    for (double& x : logs) x = std::log(x);
    const double log_total = logs.back();
    logs.pop_back();
    const double k = numbers(num_epochs_)[0] += 1;
    const double power = options_.difficulty ? (k - 1) / static_cast<double>(moment.epochs) : 0.0;
    const std::vector<double> shares = softmax(tilts(logs, log_total, power));
    for (int64_t t = 0; t < num_tasks_; ++t) numbers(weights_)[t] = std::exp(log_total - logs[t]) * shares[t];
    std::copy(logs.begin(), logs.end(), numbers(last_logs_).begin());
    numbers(last_log_total_)[0] = log_total;
  }

  /// log d [T]. With b = M / (T m), b/b' = (M / M') (m' / m).
  [[nodiscard]] std::vector<double> tilts(const std::vector<double>& logs, double log_total, double power) const {
    std::vector<double> result(logs.size(), 0.0);
    for (size_t t = 0; power > 0 && t < logs.size(); ++t) {
      result[t] = power * (log_total - numbers(last_log_total_)[0] - 2 * (logs[t] - numbers(last_logs_)[t]));
    }
    return result;
  }

  Options options_;
  int64_t num_tasks_;
  EpochMeans current_;
  at::Tensor last_logs_, weights_;
  at::Tensor last_log_total_ = make_memory(1);
  at::Tensor num_epochs_ = make_memory(1);
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry lsb_entry() {
  using O = ScaleBalancing::Options;
  return scalarizer_entry<ScaleBalancing>(
      {"lsb", "Loss-scale balancing", "Lee, Lee and Kim, ICCV 2021"}, Reduction::kMean,
      kEquivariant | kScaleKeeping | kMonotone | kDerivative,
      {option("difficulty", &O::difficulty, any(), "true: LSBwD, weights follow difficulty too; false: LSBwoD")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
