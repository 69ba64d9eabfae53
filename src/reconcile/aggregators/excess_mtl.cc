/// Task weights that grow with the excess risk, how much of its loss a task can still lose, estimated from its gradient
/// and the squares of those before. A task whose labels are noisy has a high loss but little left to gain.
///   S += rows^2                                                                                S [T, P], 0 at first
///   e_t = sum over p of g_tp^2 / sqrt(S_tp) [T]                         a coordinate that was always zero counts as 0
///   x_t += rate * e_t / e_t(first step),   w = T softmax(x)                                    x = 0 at first
///   d = rows' w [P]
/// Reduction: sum; identical rows g give T g.
/// Cost: T backward passes, 2 [T, P] memory (S is remembered), one fused pass. Rows on another device are copied to the
/// CPU. The bits do not depend on the number of threads.
/// Fallbacks: the first step of a task is the first one at which its gradient is not zero; until then its excess is 0.
/// Paper: He et al., ICML 2024, arXiv:2402.02009; rate is that of LibMTL, TorchJD takes 1.
/// Differs: nothing is added under the root (1e-7 there). The same weights as a product of exponentials that is
/// normalised at every step, but no weight can underflow to 0 for ever.

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/aggregators/inputs.h"
#include "reconcile/aggregators/memory.h"
#include "reconcile/core/chunks.h"

namespace reconcile {
namespace {

/// Adds the squares of g to S; the sum of g^2 / sqrt(S).
template <class Scalar>
double add_squares(const Scalar* g, Scalar* squares, int64_t count) {
  double excess = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double square = static_cast<double>(g[i]) * g[i];
    const double sum = squares[i] + square;
    squares[i] = static_cast<Scalar>(sum);
    if (square > 0) excess += square / std::sqrt(sum);
  }
  return excess;
}

/// Excess of every task [T]; `rows` and `squares` [T, P] on the CPU.
template <class Scalar>
Eigen::ArrayXd excess_of(const at::Tensor& rows, at::Tensor& squares) {
  const int64_t T = rows.size(0);
  const int64_t P = rows.size(1);
  Eigen::ArrayXXd partial(T, (P + kPiece - 1) / kPiece);
  for_chunks(P, kPiece, [&](int64_t begin, int64_t end) {
    for (int64_t t = 0; t < T; ++t) {
      partial(t, begin / kPiece) =
          add_squares(rows.data_ptr<Scalar>() + t * P + begin, squares.data_ptr<Scalar>() + t * P + begin, end - begin);
    }
  });
  return partial.rowwise().sum();
}

class ExcessMtl final : public RememberingAggregator {
 public:
  struct Options {
    double rate = 0.01;
  };
  explicit ExcessMtl(const Options& options)
      : RememberingAggregator("excess_mtl", {"exponents", "first_excess", "squares"}), options_(options) {}

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    finite_gramian(gradients);
    const int64_t T = gradients.num_tasks();
    const at::Tensor rows = gradients.rows().cpu().contiguous();
    auto exponents = numbers("exponents", {T}, 0.0);
    auto first = numbers("first_excess", {T}, 0.0);
    at::Tensor& squares = rows_like("squares", rows);
    const Eigen::ArrayXd excess =
        rows.scalar_type() == at::kDouble ? excess_of<double>(rows, squares) : excess_of<float>(rows, squares);
    first = (first > 0).select(first, excess);
    exponents += options_.rate * (first > 0).select(excess / first, 0.0);
    exponents -= exponents.maxCoeff();
    const Eigen::ArrayXd shares = exponents.exp();
    const Eigen::ArrayXd weights = static_cast<double>(T) * shares / shares.sum();
    Aggregation result = weighted(weights);
    gradients.combine(*result.weights, gradient);
    return result;
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry excess_mtl_entry() {
  using O = ExcessMtl::Options;
  return aggregator_entry<ExcessMtl>(
      {"excess_mtl", "Weights by excess risk", "arXiv:2402.02009"}, Reduction::kSum, kPermutation | kHomogeneous,
      {option("rate", &O::rate, at_least(0), "how fast the weights follow the excess risk")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
