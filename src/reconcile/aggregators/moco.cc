/// Multi-objective gradient correction: follows every task gradient with a moving average, which removes the bias that
/// noisy gradients give to min-norm weights, and moves the weights by one step of that problem at a time.
///   Y += beta_k (H - Y),   H = rows,   beta_k = beta / k^beta_decay                                        Y [T, P]
///   w = projection on the simplex of w - gamma_k (Y Y' + rho I) w,   gamma_k = gamma / k^gamma_decay          w [T]
///   d = Y' w [P];   at the first step (k = 1) Y = 0 and w = 1/T before
/// compat = libmtl: H_t = l_t g_t / |g_t|, and softmax instead of the projection.
/// Reduction: mean; identical rows g give beta g at the first step, g in the long run.
/// Cost: T backward passes, 2 [T, P] memory (Y is remembered), two more passes over [T, P]. No weights of the rows
/// exist.
/// Fallbacks: none needed; a zero row counts as zero. compat = libmtl: StateError if a loss is not positive.
/// Paper: Fernando et al., ICLR 2023, arXiv:2210.12624, algorithm 1; the numbers are those of its code in LibMTL.
/// Differs: gamma multiplies squared gradients, so the direction is not homogeneous, as in the paper; w is moved before
/// it is used, as in LibMTL. LibMTL's softmax pulls w back to 1/T at every step, its 1e-8 is left out.

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/aggregators/inputs.h"
#include "reconcile/aggregators/memory.h"
#include "reconcile/core/layer_gramians.h"
#include "reconcile/linalg/gramian.h"
#include "reconcile/linalg/simplex.h"

namespace reconcile {
namespace {

Eigen::VectorXd softmax(const Eigen::ArrayXd& x) {
  const Eigen::ArrayXd e = (x - x.maxCoeff()).exp();
  return e / e.sum();
}

class MoCo final : public RememberingAggregator {
 public:
  struct Options {
    double beta = 0.5;
    double beta_decay = 0.5;
    double gamma = 0.1;
    double gamma_decay = 0.5;
    double rho = 0.0;
    std::string compat = "none";
  };
  explicit MoCo(Options options)
      : RememberingAggregator("moco", {"step", "weights", "tracked"}), options_(std::move(options)) {}

  [[nodiscard]] bool gives_weights() const override { return false; }

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    const int64_t T = gradients.num_tasks();
    const at::Tensor lengths = lengths_of(gradients);
    auto step = numbers("step", {1}, 0.0);
    auto weights = numbers("weights", {T}, 1.0 / static_cast<double>(T));
    at::Tensor& tracked = rows_like("tracked", gradients.rows());
    step(0) += 1;
    const double beta = options_.beta / std::pow(step(0), options_.beta_decay);
    tracked.mul_(1 - beta).addcmul_(gradients.rows(), beta * lengths);
    const Eigen::MatrixXd gramian = to_matrix(compute_layer_gramians(tracked, gradients.layout()).sum(0));
    const double gamma = options_.gamma / std::pow(step(0), options_.gamma_decay);
    const Eigen::VectorXd w = weights;
    const Eigen::VectorXd moved = w - gamma * (gramian * w + options_.rho * w);
    weights = is_libmtl() ? softmax(moved.array()) : project_to_simplex(moved);
    combine_rows(tracked, {weights.begin(), weights.end()}, gradient);
    return {};
  }

 private:
  [[nodiscard]] bool is_libmtl() const { return options_.compat == "libmtl"; }

  /// What the rows are multiplied with, [T, 1].
  [[nodiscard]] at::Tensor lengths_of(const TaskGradients& gradients) const {
    const Eigen::ArrayXd norms = finite_norms(gradients);
    Eigen::ArrayXd lengths = Eigen::ArrayXd::Ones(norms.size());
    if (is_libmtl()) lengths = (norms > 0).select(positive_losses(gradients, "moco") / norms, 0.0);
    return at::tensor(std::vector<double>(lengths.begin(), lengths.end()), gradients.rows().options()).unsqueeze(1);
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry moco_entry() {
  using O = MoCo::Options;
  return aggregator_entry<MoCo>(
      {"moco", "Multi-objective gradient correction", "arXiv:2210.12624, algorithm 1"}, Reduction::kMean, kPermutation,
      {option("beta", &O::beta, above_up_to(0, 1), "how fast the moving average follows the gradients"),
       option("beta_decay", &O::beta_decay, at_least(0), "step k takes beta / k^beta_decay"),
       option("gamma", &O::gamma, at_least(0), "step size of the weights; 0 keeps them equal"),
       option("gamma_decay", &O::gamma_decay, at_least(0), "step k takes gamma / k^gamma_decay"),
       option("rho", &O::rho, at_least(0), "pull towards equal weights"),
       option("compat", &O::compat, one_of({"none", "libmtl"}), "the paper's rule, or that of LibMTL")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
