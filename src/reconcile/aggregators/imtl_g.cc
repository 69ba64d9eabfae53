/// Impartial learning of the gradients: the direction whose projections on all task gradients are equal, on the plane
/// through their ends.
///   C y = 1,  C = cosines between the rows [T, T],  n_t = |g_t|
///   w_t = (y_t / n_t) / sum of y_s / n_s
///   d = rows' w [P]
/// Reduction: mean; identical rows g give g. Zero rows get no weight.
/// Cost: T backward passes, [T, P] memory, one eigenvalue problem of T x T in double on the CPU.
/// The weights add up to 1 but may be negative, and where the sum of y_t / n_t is negative d has the same negative
/// product with every unit row: the step raises every loss. The diagnostic "ascends" is 1 then, else 0.
/// Fallbacks: "zero row" (left out), "dependent rows" (no direction has equal projections) and "zero sum" (the sum of
/// y_t / n_t is zero up to rounding). The last two give the dual-cone projection of the mean, which raises no task.
/// Paper: Liu et al., ICLR 2021, "Towards Impartial Multi-task Learning", equation 6.
/// Differs: exact on unit rows, where the paper inverts a (T-1) x (T-1) matrix that is not symmetric; of duplicates
/// each gets its share. TorchJD takes the least-squares answer for dependent rows.

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
    const bool is_zero = std::abs(sum) <= noise * weights.cwiseAbs().sum();
    if (answer.exists && is_zero) answer.fallback += answer.fallback.empty() ? "zero sum" : ", zero sum";
    if (is_zero) {
      const ConePoint cone = project_to_dual_cone(gramian, Eigen::VectorXd::Constant(T, 1.0 / double(T)), noise);
      weights = cone.weights;
      answer.residual = cone.residual;
    } else {
      weights /= sum;
    }
    return {std::vector<double>(weights.begin(), weights.end()),
            {{"residual", answer.residual}, {"ascends", !is_zero && sum < 0 ? 1.0 : 0.0}},
            answer.fallback};
  }
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry imtl_g_entry() {
  return aggregator_entry<ImtlG>(
      {"imtl_g", "Impartial multi-task learning, gradient part", "ICLR 2021, IMTL-G, equation 6"}, Reduction::kMean,
      kPermutation | kHomogeneous, {});
}

}  // namespace aggregator_entries
}  // namespace reconcile
