/// Impartial learning of the gradients: the direction whose projections on all task gradients are equal, on the plane
/// through their ends.
///   C y = 1,  C = cosines between the rows [T, T],  n_t = |g_t|
///   w_t = (y_t / n_t) / sum of y_s / n_s
///   d = rows' w [P]
/// Reduction: mean; identical rows g give g. Zero rows get no weight.
/// Cost: T backward passes, [T, P] memory, one eigenvalue problem of T x T in double on the CPU.
/// Fallbacks: "zero row" (left out), "dependent rows" (no direction has equal projections) and "ascends": where the
/// sum of y_t / n_t is negative d would have the same negative product with every unit row and raise every loss; where
/// it is zero d would have no length. The last two give the dual-cone projection of the mean, which raises no task.
/// Paper: Liu et al., ICLR 2021, "Towards Impartial Multi-task Learning", IMTL-G.
/// Differs: exact on unit rows, where the paper inverts a (T-1) x (T-1) matrix that is not symmetric; of duplicates
/// each gets its share. Paper and TorchJD ascend where we say "ascends" (in up to 2 % of random rows at T = 40);
/// TorchJD takes the least-squares answer for dependent rows.

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/linalg/dual_cone.h"
#include "reconcile/linalg/equal_cosines.h"

namespace reconcile {
namespace {

class ImtlG final : public GramianAggregator {
 public:
  using Options = NoOptions;
  explicit ImtlG(const Options& /*options*/) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const Eigen::Index T = gramian.rows();
    EqualCosines answer = equal_cosines(gramian, Eigen::VectorXd::Ones(T), noise);
    const auto norms = gramian.diagonal().array().sqrt();
    Eigen::VectorXd weights = (norms > 0).select(answer.coefficients.array() / norms, 0.0);
    const double sum = weights.sum();
    const bool ascends = answer.exists && sum <= noise * weights.cwiseAbs().sum();
    if (ascends) answer.fallback += answer.fallback.empty() ? "ascends" : ", ascends";
    if (ascends || !answer.exists) {
      const ConePoint cone = project_to_dual_cone(gramian, Eigen::VectorXd::Constant(T, 1.0 / double(T)), noise);
      weights = cone.weights;
      answer.residual = cone.residual;
    } else {
      weights /= sum;
    }
    return weighted(weights, {{"residual", answer.residual}}, answer.fallback);
  }
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry imtl_g_entry() {
  return aggregator_entry<ImtlG>(
      {"imtl_g", "Impartial multi-task learning, gradient part", "ICLR 2021, Towards Impartial Multi-task Learning"},
      Reduction::kMean, kPermutation | kHomogeneous | kNonConflict, {});
}

}  // namespace aggregator_entries
}  // namespace reconcile
