/// Group optimisation for multi-task alignment: tasks of like progress form a group and share one weight.
///   p <- p exp(-step l) / (sum of it),   p_t = 1/T at first
///   u_t = p_t (sum of l) / l_t;   w_t = mean of u over the group of task t
///   groups: the `num_groups` clusters of the numbers u with the least sum of squares
///   L = sum of w_t l_t                                                         losses [T] -> L, w [T]
/// Reduction: sum.
/// Cost: one backward pass; T^2 num_groups scalar operations; memory of T numbers.
/// Fallbacks: with T <= num_groups every task is its own group. StateError for a loss that is not positive.
/// Paper: Shen et al., NeurIPS 2024, arXiv:2404.06486.
/// Differs: clusters on a line are found exactly, not by k-means from random starts; num_groups = 2 is ours, the
/// authors choose it for each data set. Not differentiated: w.

#include <algorithm>
#include <limits>
#include <numeric>

#include "reconcile/scalarizers/log_space.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {
namespace {

/// Of groups of neighbours in the sorted list `u`: the last group of u[0 .. j] begins at begin[k][j], of k + 1 groups.
std::vector<std::vector<size_t>> best_groups(const std::vector<double>& u, size_t num_groups) {
  const size_t n = u.size();
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  best[0] = 0;
  std::vector<std::vector<size_t>> begin(num_groups, std::vector<size_t>(n));
  for (auto& begin_of : begin) {
    std::vector<double> next(n + 1, std::numeric_limits<double>::infinity());
    for (size_t j = 0; j < n; ++j) {
      double mean = 0, squares = 0;  // of u[i .. j], from the right
      for (size_t i = j + 1; i-- > 0;) {
        const double delta = u[i] - mean;
        mean += delta / static_cast<double>(j - i + 1);
        squares += delta * (u[i] - mean);
        if (best[i] + squares < next[j + 1]) {
          next[j + 1] = best[i] + squares;
          begin_of[j] = i;
        }
      }
    }
    best = next;
  }
  return begin;
}

/// Each number replaced by the mean of its cluster.
std::vector<double> cluster_means(const std::vector<double>& u, size_t num_groups) {
  std::vector<size_t> order(u.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return u[a] < u[b]; });
  std::vector<double> sorted;
  for (const size_t t : order) sorted.push_back(u[t] / u[order.back()]);
  const auto begin = best_groups(sorted, num_groups);
  std::vector<double> result(u.size());
  size_t end = u.size();
  for (size_t k = num_groups; k-- > 0;) {
    const size_t first = begin[k][end - 1];
    double sum = 0;
    for (size_t i = first; i < end; ++i) sum += u[order[i]];
    for (size_t i = first; i < end; ++i) result[order[i]] = sum / static_cast<double>(end - first);
    end = first;
  }
  return result;
}

class GroupAlign final : public Scalarizer {
 public:
  struct Options {
    int64_t num_groups = 2;
    double step = 1e-4;
  };
  GroupAlign(const Options& options, int64_t num_tasks)
      : step_(options.step),
        num_groups_(static_cast<size_t>(std::min(options.num_groups, num_tasks))),
        log_p_(make_memory(num_tasks)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    const std::vector<double> logs = positive_logs(losses, "scalarizer \"go4align\": the loss");
    const auto log_p = numbers(log_p_);
    for (size_t t = 0; t < losses.size(); ++t) log_p[t] -= step_ * losses[t];
    const double total = log_sum_exp({log_p.begin(), log_p.end()});
    for (double& x : log_p) x -= total;
    const double log_sum = log_sum_exp(logs);
    std::vector<double> u;
    for (size_t t = 0; t < losses.size(); ++t) u.push_back(std::exp(log_p[t] + log_sum - logs[t]));
    std::vector<double> weights = cluster_means(u, num_groups_);
    return {std::inner_product(losses.begin(), losses.end(), weights.begin(), 0.0), std::move(weights)};
  }

  [[nodiscard]] NamedTensors state() const override { return {{"log_p", log_p_}}; }

 private:
  double step_;
  size_t num_groups_;
  at::Tensor log_p_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry go4align_entry() {
  using O = GroupAlign::Options;
  return scalarizer_entry<GroupAlign>(
      {"go4align", "Group optimisation for multi-task alignment", "arXiv:2404.06486"}, Reduction::kSum,
      kEquivariant | kMonotone,
      {option("num_groups", &O::num_groups, at_least(1), "groups of tasks; never more than tasks"),
       option("step", &O::step, at_least(0), "step size of the group indicators p")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
