/// Multi-objective meta learning: task weights for which one step on some samples is a common descent step for all
/// tasks on other samples.
///   z = softmax(x),   L = sum of z_t l_t,   w_t = z_t                          losses [T] -> L, w [T]
///   before the step, with batch 0 (inner) and batch 1 (outer) and parameters p:
///     G = gradients of l(batch 0) at p [T, N],   H = those of l(batch 1) at p - inner_lr G'z
///     c_t = -inner_lr J' (H_t G')' [T], the gradient of the outer loss t with respect to x; J = dz/dx
///     s = min-norm point of the c_t / |c_t|;   Adam on x with the gradient sum of s_t c_t
/// Reduction: mean; the weights add up to 1.
/// Cost: 2 T + 1 backward passes; two batches a step, so a step uses twice the samples; memory of two [T, N] over all
/// parameters.
/// Fallbacks: none; where all c_t are zero the weights stay, and a zero c_t takes no part in s.
/// Paper: Ye et al., NeurIPS 2021, arXiv:2102.07121, with one inner step.
/// Differs: the c_t are normalised before the min-norm point, as in LibMTL; the point is exact.

#include <ATen/ATen.h>

#include "reconcile/linalg/gramian.h"
#include "reconcile/linalg/min_norm.h"
#include "reconcile/linalg/unit_rows.h"
#include "reconcile/scalarizers/task_logits.h"

namespace reconcile {
namespace {

class Moml final : public Scalarizer {
 public:
  struct Options {
    double lr = 1e-3;
    double inner_lr = 0.1;
  };
  Moml(const Options& options, int64_t num_tasks) : options_(options), logits_(num_tasks) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    return weighted_sum(losses, logits_.weights());
  }

  [[nodiscard]] int64_t batches_per_step() const override { return 2; }

  at::Tensor look_ahead(Probe& probe, double /*learning_rate*/) override {
    const at::Tensor inner = probe.rows(0, {});
    const at::Tensor weights = at::tensor(logits_.weights(), inner.options());
    const at::Tensor outer = probe.rows(1, inner.t().mv(weights).mul_(-options_.inner_lr));
    const Eigen::MatrixXd products = to_matrix(outer.mm(inner.t()));  // [outer, inner]
    Eigen::MatrixXd c(products.rows(), products.cols());
    for (Eigen::Index t = 0; t < c.rows(); ++t) {
      const Eigen::VectorXd row = -options_.inner_lr * products.row(t);
      const std::vector<double> pulled = logits_.pull({row.begin(), row.end()});
      c.row(t) = Eigen::Map<const Eigen::RowVectorXd>(pulled.data(), c.cols());
    }
    const Eigen::VectorXd direction = common_direction(c);
    if (direction.norm() > 0) logits_.adam({direction.begin(), direction.end()}, options_.lr);
    return {};
  }

  [[nodiscard]] NamedTensors state() const override { return logits_.state(); }

 private:
  /// Sum of s_t c_t.
  static Eigen::VectorXd common_direction(const Eigen::MatrixXd& c) {
    const Eigen::MatrixXd gramian = c * c.transpose();
    const std::vector<int> present = rows_where(gramian, false);
    if (present.empty()) return Eigen::VectorXd::Zero(c.cols());
    const UnitRows unit = unit_rows(gramian(present, present));
    const MinNormPoint point = min_norm(unit.cosines, gramian_noise(unit.cosines.rows()));
    return c(present, Eigen::all).transpose() * point.weights;
  }

  Options options_;
  TaskLogits logits_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry moml_entry() {
  using O = Moml::Options;
  return scalarizer_entry<Moml>(
      {"moml", "Multi-objective meta learning of task weights", "arXiv:2102.07121"}, Reduction::kMean,
      kEquivariant | kScaleKeeping | kMonotone | kUnitSum | kDerivative,
      {option("lr", &O::lr, at_least(0), "learning rate of the task logits"),
       option("inner_lr", &O::inner_lr, above(0), "length of the step that is looked ahead")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
