/// First-order multi-gradient bilevel training: the network descends all tasks on some samples, under the condition
/// that it also goes towards the optimum of the weighted loss on other samples; the weights move along.
///   z = softmax(x),   L = sum of z_t l_t,   w_t = z_t                          losses [T] -> L, w [T]
///   each step, with batch 0 (inner), batch 1 (outer) and parameters p [N]:
///     p* = `inner_steps` gradient steps of length inner_lr on L(batch 0) from p
///     q  = (J' (l(batch 0) at p - l(batch 0) at p*), gradient of L(batch 0) at p),   J = dz/dx
///     F_t = gradient of l_t(batch 1) / its length;   (s, v) = argmin over the simplex and v >= 0 of
///       |sum of s_t F_t + v q|^2 / 2 - v phi |q|^2
///     m  = m + (s - m) / (k + 1)^(3/4), k the step;   v = max(phi - <q, sum of m_t F_t> / |q|^2, 0)
///     network: gradient sum of m_t F_t + v q;   x: Adam with the gradient v q
/// Reduction: mean; the weights add up to 1. The network's gradient is of length one, whatever the scale of the losses.
/// Cost: T + 1 + inner_steps backward passes; two batches a step, so a step uses twice the samples; memory of one
/// [T, N] over all parameters.
/// Fallbacks: a task without gradient takes no part; where q = 0, v = 0.
/// Paper: Ye et al., ECAI 2024, arXiv:2401.09257, algorithm 1.
/// Differs from LibMTL: the quadratic problem is solved exactly (its code drops a factor of two from the term in v),
/// and m moves with the step k as in the paper, not with the epoch.

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/linalg/gramian.h"
#include "reconcile/linalg/hull.h"
#include "reconcile/scalarizers/memory.h"
#include "reconcile/scalarizers/task_logits.h"

namespace reconcile {
namespace {

/// Argmin over the simplex and v >= 0 of |sum s_t F_t + v q|^2 / 2 - v phi |q|^2: unit rows F with these cosines,
/// products <F_t, q>, and |q|^2. For a given v it is a nearest point of a hull; the derivative grows with v.
Eigen::VectorXd simplex_part(const Eigen::MatrixXd& cosines, const Eigen::VectorXd& products, double squared_q,
                             double phi) {
  const Eigen::Index T = cosines.rows();
  HullProblem problem{cosines, Eigen::VectorXd::Ones(T), Eigen::VectorXd::Zero(T)};
  Eigen::VectorXd s = nearest_in_hull(problem, Eigen::VectorXd::Unit(T, 0)).v;
  if (squared_q == 0 || products.dot(s) >= phi * squared_q) return s;
  double low = 0;
  double high = phi + 1 / std::sqrt(squared_q);
  for (int remaining = 60; remaining > 0; --remaining) {
    const double v = (low + high) / 2;
    problem.linear = v * products;
    s = nearest_in_hull(problem, s).v;
    (v * squared_q + products.dot(s) < phi * squared_q ? low : high) = v;
  }
  return s;
}

class Forum final : public Scalarizer {
 public:
  struct Options {
    double lr = 1e-3;
    double inner_lr = 0.1;
    int64_t inner_steps = 5;
    double phi = 0.1;
  };
  Forum(const Options& options, int64_t num_tasks)
      : options_(options),
        logits_(num_tasks),
        mixture_(make_memory(num_tasks, 1.0 / static_cast<double>(num_tasks))),
        num_steps_(make_memory(1)) {}

  Scalarization operator()(const std::vector<double>& losses, const Moment& /*moment*/, Rng& /*rng*/) override {
    return weighted_sum(losses, logits_.weights());
  }

  [[nodiscard]] int64_t batches_per_step() const override { return 2; }

  at::Tensor look_ahead(Probe& probe, double /*learning_rate*/) override {
    const at::Tensor slope = probe.gradient(0, logits_.weights(), {});
    const std::vector<double> q_logits = logits_.pull(gains(probe, slope));
    at::Tensor rows = probe.rows(1, {});
    const at::Tensor lengths = rows.norm(2, 1, true);
    rows.div_(at::where(lengths > 0, lengths, at::ones_like(lengths)));
    const at::Tensor columns = rows.mv(slope).unsqueeze(1);
    const Eigen::VectorXd products = to_matrix(columns.expand({-1, columns.size(0)})).col(0);
    double squared_q = slope.dot(slope).item<double>();
    for (const double x : q_logits) squared_q += x * x;
    const Eigen::MatrixXd cosines = to_matrix(rows.mm(rows.t()));
    const double v = mix(simplex_part(cosines, products, squared_q, options_.phi), products, squared_q);
    std::vector<double> step = q_logits;
    for (double& x : step) x *= v;
    logits_.adam(step, options_.lr);
    const auto m = numbers(mixture_);
    const at::Tensor weights = at::tensor(std::vector<double>(m.begin(), m.end()), rows.options());
    return rows.t().mv(weights).add_(slope, v);
  }

  [[nodiscard]] NamedTensors state() const override {
    NamedTensors state = logits_.state();
    state.emplace_back("mixture", mixture_);
    state.emplace_back("inner_count", num_steps_);
    return state;
  }

 private:
  /// What every task's inner loss gains by the inner steps, [T].
  std::vector<double> gains(Probe& probe, const at::Tensor& slope) const {
    at::Tensor shift = slope.mul(-options_.inner_lr);
    for (int64_t k = 1; k < options_.inner_steps; ++k) {
      shift.sub_(probe.gradient(0, logits_.weights(), shift), options_.inner_lr);
    }
    std::vector<double> result = probe.losses(0, {});
    const std::vector<double> after = probe.losses(0, shift);
    for (size_t t = 0; t < result.size(); ++t) result[t] -= after[t];
    return result;
  }

  /// Moves the mixture towards `s` and returns the v that belongs to it.
  double mix(const Eigen::VectorXd& s, const Eigen::VectorXd& products, double squared_q) {
    const auto m = numbers(mixture_);
    const double rate = std::pow(numbers(num_steps_)[0] += 1, -0.75);
    double product = 0;
    for (size_t t = 0; t < m.size(); ++t) {
      m[t] += rate * (s(static_cast<Eigen::Index>(t)) - m[t]);
      product += m[t] * products(static_cast<Eigen::Index>(t));
    }
    return squared_q > 0 ? std::max(options_.phi - product / squared_q, 0.0) : 0.0;
  }

  Options options_;
  TaskLogits logits_;
  at::Tensor mixture_, num_steps_;
};

}  // namespace

namespace scalarizer_entries {

ScalarizerEntry forum_entry() {
  using O = Forum::Options;
  return scalarizer_entry<Forum>(
      {"forum", "First-order multi-gradient bilevel training", "arXiv:2401.09257, algorithm 1"}, Reduction::kMean,
      kEquivariant | kScaleKeeping | kMonotone | kUnitSum | kDerivative,
      {option("lr", &O::lr, at_least(0), "learning rate of the task logits"),
       option("inner_lr", &O::inner_lr, above(0), "length of the inner steps"),
       option("inner_steps", &O::inner_steps, at_least(1), "inner steps towards the optimum of the weighted loss"),
       option("phi", &O::phi, above(0), "how strongly the weighted loss must go down")});
}

}  // namespace scalarizer_entries
}  // namespace reconcile
