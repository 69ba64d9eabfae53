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
#include <atomic>
#include <cmath>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/aggregators/inputs.h"
#include "reconcile/core/chunks.h"
#include "reconcile/core/row_products.h"
#include "reconcile/core/task.h"
#include "reconcile/core/vector_width.h"

namespace reconcile {
namespace {

/// One chunk of coordinates: a sign for each, then the sum of what has that sign.
template <class Scalar>
struct DropSigns {
  RowsView<Scalar> rows;
  const double* leak;  ///< [T]
  Rng rng;
  int64_t begin, count;
  Scalar* out;
  std::atomic<bool>& is_finite;

  template <class Width>
  RECONCILE_INLINE void operator()(Width /*width*/) const {
    std::array<double, kPiece> sum{};
    std::array<double, kPiece> magnitude{};
    for (int64_t t = 0; t < rows.count; ++t) {
      const Scalar* g = rows.data + t * rows.stride + begin;
      for (int64_t i = 0; i < count; ++i) {
        sum[i] += g[i];
        magnitude[i] += std::abs(g[i]);
      }
    }
    std::array<double, kPiece> sign{};
    const uint64_t first = rng.counter() + static_cast<uint64_t>(begin);
    double total = 0;
    for (int64_t i = 0; i < count; ++i) {
      // P > U without the division, so 0 / 0 does not arise.
      const double u = Rng::unit(rng.bits(first + static_cast<uint64_t>(i)));
      sign[i] = magnitude[i] + sum[i] > 2 * u * magnitude[i] ? 1.0 : -1.0;
    }
    std::array<double, kPiece> kept{};
    for (int64_t t = 0; t < rows.count; ++t) {
      const Scalar* g = rows.data + t * rows.stride + begin;
      const double dropped = leak[t];
      for (int64_t i = 0; i < count; ++i) kept[i] += (g[i] * sign[i] > 0 ? 1.0 : dropped) * g[i];
    }
    for (int64_t i = 0; i < count; ++i) {
      out[begin + i] = static_cast<Scalar>(kept[i]);
      total += magnitude[i];
    }
    if (!std::isfinite(total)) is_finite = false;
  }
};

/// Whether all numbers were finite; else `out` is of no use.
template <class Scalar>
bool drop_signs(const at::Tensor& rows, const std::vector<double>& leak, const Rng& rng, at::Tensor& out) {
  const RowsView<Scalar> view{rows.data_ptr<Scalar>(), rows.size(0), rows.stride(0)};
  Scalar* to = out.data_ptr<Scalar>();
  std::atomic<bool> is_finite = true;
  for_chunks(rows.size(1), kPiece, [&](int64_t begin, int64_t end) {
    run_widest(DropSigns<Scalar>{view, leak.data(), rng, begin, end - begin, to, is_finite});
  });
  return is_finite;
}

class GradDrop final : public Aggregator {
 public:
  struct Options {
    std::vector<double> leak;
  };
  explicit GradDrop(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool gives_weights() const override { return false; }

  [[nodiscard]] bool takes_fewer_tasks() const override { return options_.leak.empty(); }

  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) override {
    const std::vector<double> leak =
        task_values(options_.leak, gradients.num_tasks(), 0.0, "aggregator \"graddrop\": leak");
    const at::Tensor rows = gradients.rows().cpu().contiguous();
    at::Tensor out =
        gradient.device().is_cpu() && gradient.is_contiguous() ? gradient : at::empty({rows.size(1)}, rows.options());
    const bool is_finite = rows.scalar_type() == at::kDouble ? drop_signs<double>(rows, leak, rng, out)
                                                             : drop_signs<float>(rows, leak, rng, out);
    if (!is_finite) finite_gramian(gradients);  // names the tasks
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
