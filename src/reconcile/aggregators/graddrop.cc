/// Gradient sign dropout: in every coordinate one sign is chosen at random, and the entries of the other sign are
/// dropped.
///   P = (1 + sum_t g_t / sum_t |g_t|) / 2,   U uniform in [0, 1), one for each coordinate
///   m_t = 1 where P > U and g_t > 0, or P <= U and g_t < 0, else 0
///   d = sum of (l_t + (1 - l_t) m_t) g_t                                     rows [T, P] -> d [P]
/// l = leak [T]: the part of task t that is never dropped. Coordinates where all rows are zero stay zero.
/// Reduction: sum; identical rows g give T g.
/// Cost: T backward passes, [T, P] memory, one fused pass. Rows on another device are copied to the CPU.
/// Coordinate p uses draw p of the rng, which moves on by P: the bits do not depend on the number of threads.
/// Paper: Chen et al., NeurIPS 2020, arXiv:2010.06808, algorithm 1 with f(p) = p.
/// Differs: applied to the gradients of the shared parameters, not to activations; no additive constant in P.

#include <ATen/ATen.h>

#include <array>
#include <cmath>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/aggregators/inputs.h"
#include "reconcile/core/chunks.h"
#include "reconcile/core/task.h"

namespace reconcile {
namespace {

/// One chunk of coordinates: a sign for each, then the sum of what has that sign.
template <class Scalar>
struct Chunk {
  int64_t begin, count;

  void run(const at::Tensor& rows, const std::vector<double>& leak, const Rng& rng, Scalar* out) const {
    const auto row = [&](int64_t t) { return rows.data_ptr<Scalar>() + t * rows.stride(0) + begin; };
    std::array<double, kPiece> sum{};
    std::array<double, kPiece> magnitude{};
    for (int64_t t = 0; t < rows.size(0); ++t) {
      const Scalar* g = row(t);
      for (int64_t i = 0; i < count; ++i) {
        sum[i] += g[i];
        magnitude[i] += std::abs(g[i]);
      }
    }
    std::array<double, kPiece> sign{};
    for (int64_t i = 0; i < count; ++i) {
      // P > U without the division, so 0 / 0 does not arise.
      const double u = Rng::unit(rng.bits(rng.counter() + static_cast<uint64_t>(begin + i)));
      sign[i] = magnitude[i] + sum[i] > 2 * u * magnitude[i] ? 1.0 : -1.0;
    }
    std::array<double, kPiece> kept{};
    for (int64_t t = 0; t < rows.size(0); ++t) {
      const Scalar* g = row(t);
      for (int64_t i = 0; i < count; ++i) kept[i] += (g[i] * sign[i] > 0 ? 1.0 : leak[t]) * g[i];
    }
    for (int64_t i = 0; i < count; ++i) out[begin + i] = static_cast<Scalar>(kept[i]);
  }
};

template <class Scalar>
void drop_signs(const at::Tensor& rows, const std::vector<double>& leak, const Rng& rng, at::Tensor& out) {
  for_chunks(rows.size(1), kPiece, [&](int64_t begin, int64_t end) {
    Chunk<Scalar>{begin, end - begin}.run(rows, leak, rng, out.data_ptr<Scalar>());
  });
}

class GradDrop final : public Aggregator {
 public:
  struct Options {
    std::vector<double> leak;
  };
  explicit GradDrop(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool gives_weights() const override { return false; }

  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) override {
    finite_gramian(gradients);
    const std::vector<double> leak =
        task_values(options_.leak, gradients.num_tasks(), 0.0, "aggregator \"graddrop\": leak");
    const at::Tensor rows = gradients.rows().cpu().contiguous();
    at::Tensor out =
        gradient.device().is_cpu() && gradient.is_contiguous() ? gradient : at::empty({rows.size(1)}, rows.options());
    rows.scalar_type() == at::kDouble ? drop_signs<double>(rows, leak, rng, out)
                                      : drop_signs<float>(rows, leak, rng, out);
    rng.set_counter(rng.counter() + static_cast<uint64_t>(rows.size(1)));
    if (!out.is_same(gradient)) gradient.copy_(out);
    return {};
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry graddrop_entry() {
  using O = GradDrop::Options;
  return aggregator_entry<GradDrop>({"graddrop", "Gradient sign dropout", "arXiv:2010.06808, algorithm 1"},
                                    Reduction::kSum, kPermutation | kHomogeneous,
                                    {option("leak", &O::leak, between(0, 1),
                                            "part of each task's gradient that is never dropped, one number a task")},
                                    /*is_random=*/true);
}

}  // namespace aggregator_entries
}  // namespace reconcile
