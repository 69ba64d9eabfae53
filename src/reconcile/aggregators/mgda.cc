/// Multiple-gradient descent: the shortest vector of the convex hull of the task gradients. It lowers every task at
/// once, and is zero where no direction does.
///   w = argmin over the simplex of w'Gw,    G = rows rows' [T, T],  row t = g_t / n_t
///   d = rows' w [P]
///   n_t = 1, |g_t|, l_t or l_t |g_t| for normalize = none, l2, loss or loss+; the weights reported are w_t / n_t
/// Reduction: mean; identical rows g give g (divided by n).
/// Cost: T backward passes, [T, P] memory, one finite T x T problem in double on the CPU.
/// Fallbacks: "zero row" and "stationary" (0 lies in the hull up to rounding). Both give exactly the zero direction
/// with zero weights: a normalising optimiser would blow rounding noise up to a full step. StateError if normalize
/// needs a loss that is not positive.
/// Paper: Sener and Koltun, NeurIPS 2018, arXiv:1810.04650, algorithm 2; Desideri, C. R. Math. 2012.
/// Differs: solved exactly (Wolfe's method) instead of by Frank-Wolfe steps; gradients are not normalised by default,
/// which keeps the direction's length; gradients of the shared parameters, not the bound through the representation
/// (MGDA-UB). normalize is that of the authors' code and LibMTL, which sums w_t g_t / n_t as here for gradients of
/// parameters (but w_t g_t for those of a representation).

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/aggregators/inputs.h"
#include "reconcile/linalg/min_norm.h"

namespace reconcile {
namespace {

class Mgda final : public GramianAggregator {
 public:
  struct Options {
    std::string normalize = "none";
  };
  explicit Mgda(Options options) : options_(std::move(options)) {}

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    MinNormPoint point = min_norm(gramian, noise);
    if (!point.fallback.empty()) point.weights.setZero();
    return weighted(point.weights, {{"residual", point.residual}, {"iterations", point.iterations}}, point.fallback);
  }

 protected:
  Aggregation weigh_step(const TaskGradients& gradients, const Eigen::MatrixXd& gramian, double noise,
                         Rng& rng) override {
    const Eigen::VectorXd inverse = inverse_normalizer(gradients, gramian);
    Aggregation result = weigh(inverse.asDiagonal() * gramian * inverse.asDiagonal(), noise, rng);
    for (Eigen::Index t = 0; t < inverse.size(); ++t) (*result.weights)[t] *= inverse(t);
    return result;
  }

 private:
  /// 1 / n_t; 1 for a zero row, which is its own fallback.
  [[nodiscard]] Eigen::ArrayXd inverse_normalizer(const TaskGradients& gradients,
                                                  const Eigen::MatrixXd& gramian) const {
    Eigen::ArrayXd n = Eigen::ArrayXd::Ones(gramian.rows());
    if (options_.normalize == "l2" || options_.normalize == "loss+") n = gramian.diagonal().array().sqrt();
    if (options_.normalize == "loss" || options_.normalize == "loss+") n *= positive_losses(gradients, "mgda");
    return (n > 0).select(n.inverse(), 1.0);
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry mgda_entry() {
  using O = Mgda::Options;
  return aggregator_entry<Mgda>({"mgda", "Multiple-gradient descent algorithm", "arXiv:1810.04650, algorithm 2"},
                                Reduction::kMean, kPermutation | kHomogeneous | kNonConflict,
                                {option("normalize", &O::normalize, one_of({"none", "l2", "loss", "loss+"}),
                                        "what each gradient is divided by: nothing, its length, its loss, or both")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
