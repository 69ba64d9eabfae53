/// Multi-objective gradient with double sampling: moves the weights by one step of the min-norm problem, with a Gramian
/// of two independent batches, so that its noise has no bias.
///   w = projection on the simplex of w - gamma (A + rho I) w,   A = J1 J2' [T, T],  w = 1/T before the first step
///   d = rows' w [P];   J1, J2: rows [T, P] of the step's second and third batch, `rows`: those of the first
/// Reduction: mean; identical rows g give g.
/// Cost: 3 T backward passes on three batches, 3 [T, P] memory, one pass over J1 and J2; T numbers are remembered.
/// Fallbacks: none needed. StateError if the step brings no independent batches.
/// Paper: Chen et al., NeurIPS 2023, arXiv:2305.20057; gamma and rho are those of its code in LibMTL.
/// Differs: gamma multiplies squared gradients, so the direction is not homogeneous, as in the paper. TorchJD takes
/// gamma = 0.1 and leaves it to the caller that the batches differ. LibMTL fails where a decoder's parameter has no
/// gradient.

#include "reconcile/aggregators/inputs.h"
#include "reconcile/aggregators/memory.h"
#include "reconcile/linalg/simplex.h"

namespace reconcile {
namespace {

class MoDo final : public RememberingAggregator {
 public:
  struct Options {
    double gamma = 0.001;
    double rho = 0.1;
  };
  explicit MoDo(const Options& options) : RememberingAggregator("modo", {"weights"}), options_(options) {}

  [[nodiscard]] int64_t batches_per_step() const override { return 3; }

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    finite_gramian(gradients);
    const Eigen::MatrixXd gramian = independent_gramian(gradients, "modo");
    const int64_t T = gradients.num_tasks();
    auto weights = numbers("weights", {T}, 1.0 / static_cast<double>(T));
    const Eigen::VectorXd w = weights;
    weights = project_to_simplex(w - options_.gamma * (gramian * w + options_.rho * w));
    Aggregation result = weighted(weights);
    gradients.combine(*result.weights, gradient);
    return result;
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry modo_entry() {
  using O = MoDo::Options;
  return aggregator_entry<MoDo>(
      {"modo", "Multi-objective gradient with double sampling", "arXiv:2305.20057"}, Reduction::kMean, kPermutation,
      {option("gamma", &O::gamma, at_least(0), "step size of the weights; 0 keeps them equal"),
       option("rho", &O::rho, at_least(0), "pull towards equal weights")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
