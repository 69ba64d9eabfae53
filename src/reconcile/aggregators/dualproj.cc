/// Dual projection: the direction nearest to the weighted mean of the task gradients that raises no task, as gradient
/// episodic memory does with the gradients of old tasks.
///   d = argmin |d - sum of u_t g_t|  over the dual cone {d : <g_t, d> >= 0 for all t}
///     = rows' v [P],  v = argmin v'Gv over v >= u,    G = rows rows' [T, T]
/// u = preference [T], 1/T for every task if none is given.
/// Reduction: mean; identical rows g give g. Zero rows restrict nothing.
/// Cost: T backward passes, [T, P] memory, one finite T x T problem in double on the CPU.
/// Fallbacks: "stationary" (d is zero up to rounding). It gives exactly the zero direction with zero weights.
/// Paper: Lopez-Paz and Ranzato, NeurIPS 2017, arXiv:1706.08840, equation 11.
/// Differs from the paper, which projects the gradient of the newest task: here it is the mean of all, as in TorchJD.
/// Exact, where both add a constant: the margin 0.5 on v there, 1e-4 on the diagonal of G / trace(G) in TorchJD.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/core/task.h"
#include "reconcile/linalg/dual_cone.h"

namespace reconcile {
namespace {

class DualProj final : public GramianAggregator {
 public:
  struct Options {
    std::vector<double> preference;
  };
  explicit DualProj(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool takes_fewer_tasks() const override { return options_.preference.empty(); }

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const Eigen::Index T = gramian.rows();
    const std::vector<double> preference =
        task_values(options_.preference, T, 1.0 / static_cast<double>(T), "aggregator \"dualproj\": preference");
    const ConePoint point =
        project_to_dual_cone(gramian, Eigen::Map<const Eigen::VectorXd>(preference.data(), T), noise);
    return weighted(point.weights, {{"residual", point.residual}, {"iterations", point.iterations}}, point.fallback);
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry dualproj_entry() {
  using O = DualProj::Options;
  return aggregator_entry<DualProj>(
      {"dualproj", "Dual projection of the mean gradient (GEM)", "arXiv:1706.08840, equation 11"}, Reduction::kMean,
      kPermutation | kHomogeneous | kNonConflict,
      {option("preference", &O::preference, at_least(0),
              "weight of each task in the projected mean, one number a task; 1/T each if none is given")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
