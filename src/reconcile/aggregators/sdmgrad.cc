/// Stochastic direction-oriented multi-objective descent: min-norm weights that are pulled towards the mean gradient,
/// found by a few steps of projected descent on a Gramian of two independent batches.
///   w = projection on the simplex of w - rate v,   v = momentum v + A (w + lambda u),   `iterations` times from v = 0
///   d = rows' (w + lambda u) / (1 + lambda) [P],   u = 1/T,   w = 1/T before the first step
///   A = J1 J2' / s^2 [T, T],   s = mean over t of sqrt(max(<J1_t, J2_t>, 0))
///   J1, J2: rows [T, P] of the step's second and third batch, `rows`: those of the first
/// Reduction: mean; identical rows g give g.
/// Cost: 3 T backward passes on three batches, 3 [T, P] memory, one pass over J1 and J2; T numbers are remembered.
/// Fallbacks: "no agreement" (s = 0: no task's gradients of the two batches point the same way; w stays). StateError if
/// the step brings no independent batches.
/// Paper: Xiao et al., NeurIPS 2023, arXiv:2305.18409, with the numbers of its code.
/// Differs: nothing is added to s^2 (the authors 1e-4 under the root, LibMTL 1e-8). The authors' code repeats one
/// buffer for all three batches, so that its two batches are the same; LibMTL takes rate = 5 and gives the tasks' own
/// parameters the sum of three batches' gradients. rate = 10 need not converge: with many tasks the descent jumps
/// between corners and magnifies rounding errors, so that order and scale of the tasks matter in the end.

#include "reconcile/aggregators/inputs.h"
#include "reconcile/aggregators/memory.h"
#include "reconcile/linalg/simplex.h"

namespace reconcile {
namespace {

class SdmGrad final : public RememberingAggregator {
 public:
  struct Options {
    double lambda = 0.3;
    int64_t iterations = 20;
    double rate = 10.0;
    double momentum = 0.5;
  };
  explicit SdmGrad(const Options& options) : RememberingAggregator("sdmgrad", {"weights"}), options_(options) {}

  [[nodiscard]] int64_t batches_per_step() const override { return 3; }

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    finite_gramian(gradients);
    const Eigen::MatrixXd gramian = independent_gramian(gradients, "sdmgrad");
    const int64_t T = gradients.num_tasks();
    auto weights = numbers("weights", {T}, 1.0 / static_cast<double>(T));
    const double scale = gramian.diagonal().cwiseMax(0.0).cwiseSqrt().mean();
    if (scale > 0) weights = descend(gramian / scale / scale, weights);
    const Eigen::ArrayXd mixed = (weights + options_.lambda / static_cast<double>(T)) / (1 + options_.lambda);
    Aggregation result = weighted(mixed, {}, scale > 0 ? "" : "no agreement");
    gradients.combine(*result.weights, gradient);
    return result;
  }

 private:
  [[nodiscard]] Eigen::VectorXd descend(const Eigen::MatrixXd& gramian, Eigen::VectorXd w) const {
    const Eigen::VectorXd pull = options_.lambda * gramian.rowwise().mean();
    Eigen::VectorXd velocity = Eigen::VectorXd::Zero(w.size());
    for (int64_t i = 0; i < options_.iterations; ++i) {
      velocity = options_.momentum * velocity + gramian * w + pull;
      w = project_to_simplex(w - options_.rate * velocity);
    }
    return w;
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry sdmgrad_entry() {
  using O = SdmGrad::Options;
  return aggregator_entry<SdmGrad>(
      {"sdmgrad", "Stochastic direction-oriented multi-objective descent", "arXiv:2305.18409"}, Reduction::kMean,
      /*laws=*/0,
      {option("lambda", &O::lambda, at_least(0), "pull towards the mean gradient"),
       option("iterations", &O::iterations, at_least(1), "steps of descent on the weights"),
       option("rate", &O::rate, above(0), "step size of that descent"),
       option("momentum", &O::momentum, between(0, 1), "momentum of that descent")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
