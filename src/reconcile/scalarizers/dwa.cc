/// Dynamic weight average: tasks whose loss fell least from epoch to epoch get more weight.
///   r_t = m_t(e - 1) / m_t(e - 2),   m_t(e) the mean loss of task t in epoch e
///   w = T softmax(r / temperature) from the third epoch on, before that w = 1
///   L = sum of w_t l_t                                                         losses [T] -> L, w [T]
/// Reduction: sum.
/// Cost: one backward pass; memory of 3 T numbers. It keeps the means itself.
/// Fallbacks: r_t = 1 where one of the two means is not positive.
/// Paper: Liu, Johns and Davison, CVPR 2019, arXiv:1803.10704.
/// Differs: nothing. Not differentiated: the weights, which are memory.

#include <algorithm>
#include <limits>
#include <numeric>

#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {
namespace {

class WeightAverage final : public Scalarizer {
 public:
  struct Options {
    double temperature = 2.0;
  };
  WeightAverage(const Options& options, int64_t num_tasks)
      : options_(options), current_(num_tasks), last_(make_memory(num_tasks)), weights_(make_memory(num_tasks, 1.0)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& moment, Rng& /*rng*/) override {
    if (current_.is_complete(moment.epoch())) end_epoch();
    current_.add(losses, moment.epoch());
    const auto weights = numbers(weights_);
    return {std::inner_product(losses.begin(), losses.end(), weights.begin(), 0.0), {weights.begin(), weights.end()}};
  }

  [[nodiscard]] NamedTensors state() const override {
    return {{"current", current_.memory()}, {"last", last_}, {"num_epochs", num_epochs_}, {"weights", weights_}};
  }

 private:
  void end_epoch() {
    const std::vector<double> means = current_.means();
    const auto last = numbers(last_);
    numbers(num_epochs_)[0] += 1;
    if (numbers(num_epochs_)[0] >= 2) {
      std::vector<double> logits;
      for (size_t t = 0; t < means.size(); ++t) {
        const double ratio = means[t] > 0 && last[t] > 0 ? means[t] / last[t] : 1.0;
        logits.push_back(std::min(ratio, std::numeric_limits<double>::max()) / options_.temperature);
      }
      const std::vector<double> shares = softmax(logits);
      for (size_t t = 0; t < means.size(); ++t) numbers(weights_)[t] = static_cast<double>(means.size()) * shares[t];
    }
    std::copy(means.begin(), means.end(), last.begin());
  }

  Options options_;
  EpochMeans current_;
  at::Tensor last_, weights_;
  at::Tensor num_epochs_ = make_memory(1);
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry dwa_entry() {
  using O = WeightAverage::Options;
  return scalarizer_entry<WeightAverage>(
      {"dwa", "Dynamic weight average", "arXiv:1803.10704"}, Reduction::kSum,
      kEquivariant | kScaleKeeping | kMonotone | kDerivative,
      {option("temperature", &O::temperature, at_least(1e-6), "the larger, the more equal the weights")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
