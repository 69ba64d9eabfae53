/// Unconflicting projection of gradients: every task gradient is moved to the nearest direction that raises no task,
/// and the results are averaged.
///   p_t = argmin |p - u_t g_t|  over the dual cone {p : <g_s, p> >= 0 for all s}
///       = rows' v_t,  v_t = argmin v'Gv over v >= u_t e_t,    G = rows rows' [T, T]
///   d = sum of p_t [P]
/// u = preference [T], 1/T for every task if none is given. d conflicts with no task and is linear in the length of
/// every row.
/// Reduction: mean; identical rows g give g. Zero rows restrict nothing.
/// Cost: T backward passes, [T, P] memory, T finite T x T problems in double on the CPU.
/// Fallbacks: "stationary" (every p_t is zero up to rounding). It gives exactly the zero direction with zero weights.
/// Paper: Quinton and Rey, arXiv:2406.16232.
/// Differs from the authors' TorchJD: exact, where they divide G by its trace and add 1e-4 to the diagonal, with which
/// the direction can conflict.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/core/task.h"
#include "reconcile/linalg/dual_cone.h"

namespace reconcile {
namespace {

class UpGrad final : public GramianAggregator {
 public:
  struct Options {
    std::vector<double> preference;
  };
  explicit UpGrad(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool takes_fewer_tasks() const override { return options_.preference.empty(); }

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const Eigen::Index T = gramian.rows();
    const std::vector<double> preference =
        task_values(options_.preference, T, 1.0 / static_cast<double>(T), "aggregator \"upgrad\": preference");
    const ConePoint point =
        project_rows_to_dual_cone(gramian, Eigen::Map<const Eigen::VectorXd>(preference.data(), T), noise);
    return weighted(point.weights, {{"residual", point.residual}, {"iterations", point.iterations}}, point.fallback);
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry upgrad_entry() {
  using O = UpGrad::Options;
  return aggregator_entry<UpGrad>({"upgrad", "Unconflicting projection of gradients", "arXiv:2406.16232"},
                                  Reduction::kMean, kPermutation | kHomogeneous | kNonConflict,
                                  {option("preference", &O::preference, at_least(0),
                                          "factor of each task's gradient, one number a task; 1/T each "
                                          "if none is given")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
