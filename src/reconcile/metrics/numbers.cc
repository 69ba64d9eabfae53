#include <ATen/ATen.h>

#include "reconcile/metrics/kind_row.h"

namespace reconcile {
namespace {

double sum_of(const at::Tensor& values) { return values.to(at::kDouble).sum().item<double>(); }

/// Of numbers that are all known.
class MeanError final : public Tally {
 public:
  explicit MeanError(const Task& /*task*/) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    count_ += target.numel();
    errors_ += sum_of((prediction - target).abs());
  }
  [[nodiscard]] MetricValues result() const override {
    if (count_ == 0) return {};
    return {{"mae", errors_ / static_cast<double>(count_)}};
  }

 private:
  int64_t count_ = 0;
  double errors_ = 0.0;
};

LossSums squared_error_sums(const at::Tensor& prediction, const at::Tensor& target) {
  const at::Tensor squares = (prediction - target).square();
  return {squares.sum(), at::full({}, squares.numel(), squares.options())};
}

/// Every known pixel counts the same, whichever image it belongs to.
class DepthError final : public Tally {
 public:
  explicit DepthError(const Task& /*task*/) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor known = target.gt(0);
    const at::Tensor truth = target.masked_select(known);
    const at::Tensor errors = (prediction.masked_select(known) - truth).abs();
    count_ += errors.numel();
    absolute_ += sum_of(errors);
    relative_ += sum_of(errors / truth);
  }
  [[nodiscard]] MetricValues result() const override {
    if (count_ == 0) return {};
    const auto count = static_cast<double>(count_);
    return {{"abs_err", absolute_ / count}, {"rel_err", relative_ / count}};
  }

 private:
  int64_t count_ = 0;
  double absolute_ = 0.0;
  double relative_ = 0.0;
};

LossSums absolute_error_sums(const at::Tensor& prediction, const at::Tensor& target) {
  return sum_where(target.gt(0), (prediction - target).abs());
}

}  // namespace

KindRow regression_row() { return {{{"mae", false}}, {}, make_tally<MeanError>, squared_error_sums, mean_of}; }

KindRow depth_row() {
  return {{{"abs_err", false}, {"rel_err", false}}, {}, make_tally<DepthError>, absolute_error_sums, mean_of};
}

}  // namespace reconcile
