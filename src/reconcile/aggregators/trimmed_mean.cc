/// Coordinate-wise trimmed mean: in every coordinate the `trim` largest and the `trim` smallest entries are dropped,
/// and the others are averaged.
///   d_p = mean of the sorted rows(1..T, p) from place trim + 1 to T - trim               rows [T, P] -> d [P]
/// Reduction: mean; identical rows g give g.
/// Cost: T backward passes, [T, P] memory, one pass with about 4 trim T comparisons a coordinate. Rows on another
/// device are copied to the CPU. The bits do not depend on the number of threads.
/// Fallbacks: "few tasks" (2 trim >= T: trims (T - 1) / 2, which gives the median).
/// Paper: Yin et al., ICML 2018, arXiv:1803.01498, definition 2 (workers there are tasks here).
/// Differs: the paper trims a share of the rows, TorchJD and we a number of them.

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/aggregators/inputs.h"
#include "reconcile/core/chunks.h"

namespace reconcile {
namespace {

/// A copy of some columns of the rows that gets partly sorted, column by column.
template <class Scalar>
class Columns {
 public:
  Columns(const at::Tensor& rows, int64_t begin, int64_t end)
      : T_(rows.size(0)), count_(end - begin), values_(static_cast<size_t>(T_ * count_)) {
    for (int64_t t = 0; t < T_; ++t) {
      const Scalar* row = rows.data_ptr<Scalar>() + t * rows.stride(0);
      std::copy(row + begin, row + end, values_.data() + t * count_);
    }
  }

  /// Mean of each column without its `trim` largest and smallest entries: each round carries the largest of what is
  /// left to the end and the smallest to the front.
  void trimmed_mean(int64_t trim, Scalar* out) {
    for (int64_t k = 0; k < trim; ++k) {
      for (int64_t t = k; t + 1 < T_ - k; ++t) order(t);
      for (int64_t t = T_ - k - 3; t >= k; --t) order(t);
    }
    std::vector<double> sum(static_cast<size_t>(count_), 0.0);
    for (int64_t t = trim; t < T_ - trim; ++t) {
      for (int64_t i = 0; i < count_; ++i) sum[i] += values_[t * count_ + i];
    }
    const auto kept = static_cast<double>(T_ - 2 * trim);
    for (int64_t i = 0; i < count_; ++i) out[i] = static_cast<Scalar>(sum[i] / kept);
  }

 private:
  /// The smaller one of rows t and t + 1 to row t, the larger one to row t + 1.
  void order(int64_t t) {
    Scalar* a = values_.data() + t * count_;
    Scalar* b = a + count_;
    for (int64_t i = 0; i < count_; ++i) {
      const Scalar low = std::min(a[i], b[i]);
      b[i] = std::max(a[i], b[i]);
      a[i] = low;
    }
  }

  int64_t T_, count_;
  std::vector<Scalar> values_;  ///< [T, count]
};

template <class Scalar>
void trimmed_means(const at::Tensor& rows, int64_t trim, at::Tensor& out) {
  for_chunks(rows.size(1), kPiece, [&](int64_t begin, int64_t end) {
    Columns<Scalar>(rows, begin, end).trimmed_mean(trim, out.data_ptr<Scalar>() + begin);
  });
}

class TrimmedMean final : public Aggregator {
 public:
  struct Options {
    int64_t trim = 1;
  };
  explicit TrimmedMean(const Options& options) : options_(options) {}

  [[nodiscard]] bool gives_weights() const override { return false; }

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    finite_gramian(gradients);
    const int64_t most = (gradients.num_tasks() - 1) / 2;
    const int64_t trim = std::min(options_.trim, most);
    const at::Tensor rows = gradients.rows().cpu().contiguous();
    at::Tensor out = at::empty({rows.size(1)}, rows.options());
    rows.scalar_type() == at::kDouble ? trimmed_means<double>(rows, trim, out) : trimmed_means<float>(rows, trim, out);
    gradient.copy_(out);
    return {{}, {}, options_.trim > most ? "few tasks" : ""};
  }

 private:
  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry trimmed_mean_entry() {
  using O = TrimmedMean::Options;
  return aggregator_entry<TrimmedMean>(
      {"trimmed_mean", "Coordinate-wise trimmed mean", "arXiv:1803.01498, definition 2"}, Reduction::kMean,
      kPermutation | kHomogeneous,
      {option("trim", &O::trim, at_least(0), "entries dropped at each end of every coordinate")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
