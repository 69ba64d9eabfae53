/// Conflict-free inverse gradients: the direction that has the same positive cosine with every task gradient, as long
/// as the sum of their projections on it.
///   C y = u,  C = cosines between the rows [T, T]
///   x = sum of y_t g_t / |g_t|,    d = (sum of <g_t, x>) / |x|^2 x [P]
/// u = preference [T]: the cosines up to a factor, 1 for every task if none is given.
/// Reduction: sum; identical rows g give T g. Zero rows get no weight.
/// Cost: T backward passes, [T, P] memory, one eigenvalue problem of T x T in double on the CPU.
/// Fallbacks: "zero row" (left out) and "dependent rows" (no direction has these cosines). The latter gives the
/// dual-cone projection of the sum of the rows, which raises no task.
/// Paper: Liu, Chu and Thuerey, ICLR 2025, arXiv:2408.11104.
/// Differs: the pseudo-inverse of the unit rows is taken on their cosines, without the rows. For dependent rows the
/// authors' code takes the least-squares answer, which may conflict.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/core/task.h"
#include "reconcile/linalg/dual_cone.h"
#include "reconcile/linalg/equal_cosines.h"

namespace reconcile {
namespace {

class ConFig final : public GramianAggregator {
 public:
  struct Options {
    std::vector<double> preference;
  };
  explicit ConFig(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool takes_fewer_tasks() const override { return options_.preference.empty(); }

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const Eigen::Index T = gramian.rows();
    const std::vector<double> preference =
        task_values(options_.preference, T, 1.0, "aggregator \"config\": preference");
    const Eigen::Map<const Eigen::VectorXd> target(preference.data(), T);
    const EqualCosines answer = equal_cosines(gramian, target, noise);
    if (!answer.exists) {
      const ConePoint cone = project_to_dual_cone(gramian, Eigen::VectorXd::Ones(T), noise);
      return weighted(cone.weights, {{"residual", cone.residual}}, answer.fallback);
    }
    const Eigen::VectorXd norms = gramian.diagonal().cwiseSqrt();
    const Eigen::VectorXd& y = answer.coefficients;
    const double factor = norms.dot(target) / y.dot(target);  // y'Cy = y'u
    const Eigen::VectorXd weights = (norms.array() > 0).select(factor * y.cwiseQuotient(norms), 0.0);
    return weighted(weights, {{"residual", answer.residual}}, answer.fallback);
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry config_entry() {
  using O = ConFig::Options;
  return aggregator_entry<ConFig>(
      {"config", "Conflict-free inverse gradients (ConFIG)", "arXiv:2408.11104"}, Reduction::kSum,
      kPermutation | kHomogeneous | kNonConflict,
      {option("preference", &O::preference, above(0),
              "cosine with each task's gradient up to a factor, one number a task; 1 each if none is given")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
