/// Krum: keeps the task gradients that lie nearest to their neighbours and drops outliers, which may be arbitrarily
/// wrong.
///   score_t = sum of the T - f - 2 smallest |g_t - g_s|^2, s != t
///   d = mean of the m rows with the lowest scores [P]
/// f = byzantine, m = selected. Rows whose score ties with the last one that is taken share its place.
/// Reduction: mean; identical rows g give g.
/// Cost: T backward passes, [T, P] memory, T^2 log T scalar operations.
/// Fallbacks: "too few tasks" (T < f + 3: no neighbours to compare), which gives the mean.
/// Paper: Blanchard et al., NeurIPS 2017, Multi-Krum.
/// Differs: ties are shared, so that the order of the tasks does not matter. TorchJD adds distances, not their squares.

#include <algorithm>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/base/error.h"

namespace reconcile {
namespace {

class Krum final : public GramianAggregator {
 public:
  struct Options {
    int64_t byzantine = 1;
    int64_t selected = 1;
  };
  explicit Krum(const Options& options) : options_(options) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const Eigen::Index T = gramian.rows();
    if (options_.selected > T) {
      fail<InvalidArgument>("aggregator \"krum\": selected = {}, there are {} tasks. Give at most {}.",
                            options_.selected, T, T);
    }
    if (T < options_.byzantine + 3) return {std::vector<double>(T, 1.0 / static_cast<double>(T)), {}, "too few tasks"};
    return {select(scores(gramian), noise), {}, ""};
  }

 private:
  [[nodiscard]] std::vector<double> scores(const Eigen::MatrixXd& gramian) const {
    const Eigen::Index T = gramian.rows();
    std::vector<double> result(T);
    Eigen::VectorXd squares(T);
    for (Eigen::Index t = 0; t < T; ++t) {
      squares = gramian.diagonal().array() + gramian(t, t) - 2 * gramian.col(t).array();
      squares(t) = 0;
      std::sort(squares.begin(), squares.end());
      result[t] = squares.head(T - options_.byzantine - 1).cwiseMax(0.0).sum();
    }
    return result;
  }

  /// 1/m for each of the m lowest scores; those equal to the highest of them, up to rounding, share what is left.
  [[nodiscard]] std::vector<double> select(const std::vector<double>& scores, double noise) const {
    std::vector<double> sorted = scores;
    std::sort(sorted.begin(), sorted.end());
    const double border = sorted[options_.selected - 1];
    const auto below = [&](double score) { return score < border * (1 - noise); };
    const auto ties = [&](double score) { return !below(score) && score <= border * (1 + noise); };
    const auto places = static_cast<double>(options_.selected);
    const auto taken = static_cast<double>(std::count_if(scores.begin(), scores.end(), below));
    const auto tied = static_cast<double>(std::count_if(scores.begin(), scores.end(), ties));
    std::vector<double> weights;
    for (const double score : scores) {
      weights.push_back(below(score) ? 1 / places : ties(score) ? (places - taken) / (tied * places) : 0.0);
    }
    return weights;
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry krum_entry() {
  using O = Krum::Options;
  return aggregator_entry<Krum>(
      {"krum", "Krum and Multi-Krum", "NeurIPS 2017, Machine Learning with Adversaries"}, Reduction::kMean,
      kPermutation | kHomogeneous,
      {option("byzantine", &O::byzantine, at_least(0), "number of task gradients that may be arbitrarily wrong"),
       option("selected", &O::selected, at_least(1), "number of task gradients that are averaged")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
