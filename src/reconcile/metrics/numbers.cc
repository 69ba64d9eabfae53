#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/metrics/kind_row.h"

namespace reconcile {
namespace {

constexpr double kLeastDepth = 1e-9;  // a depth that is predicted below it counts as that where logarithms are compared

double sum_of(const at::Tensor& values) { return values.to(at::kDouble).sum().item<double>(); }

/// Sums for each of the task's numbers: errors count alike whichever number they belong to, R2 is a mean over numbers.
class NumberErrors final : public Tally {
 public:
  explicit NumberErrors(const Task& task) : sums_(at::zeros({5, task.num_outputs}, at::kDouble)) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor known = target.isnan().logical_not();
    const at::Tensor zero = at::zeros({}, target.options().dtype(at::kDouble));
    const at::Tensor truth = at::where(known, target.to(at::kDouble), zero);
    const at::Tensor errors = at::where(known, prediction.to(at::kDouble) - truth, zero);
    sums_ +=
        at::stack({known.to(at::kDouble), errors.abs(), errors.square(), truth, truth.square()}).sum(1).to(at::kCPU);
  }
  [[nodiscard]] MetricValues result() const override {
    const at::Tensor totals = sums_.sum(1);
    const double count = totals[0].item<double>();
    if (count == 0) return {};
    MetricValues values{{"mae", totals[1].item<double>() / count},
                        {"rmse", std::sqrt(totals[2].item<double>() / count)}};
    const at::Tensor spread = sums_[4] - sums_[3].square() / sums_[0].clamp_min(1);
    const at::Tensor varies = spread.gt(1e-12 * sums_[4]);
    if (varies.any().item<bool>()) values["r2"] = (1 - sums_[2] / spread).masked_select(varies).mean().item<double>();
    return values;
  }

 private:
  at::Tensor sums_;  ///< of each number: known, |error|, error^2, truth, truth^2
};

LossSums squared_error_sums(const at::Tensor& prediction, const at::Tensor& target) {
  const at::Tensor known = target.isnan().logical_not();
  const at::Tensor truth = at::where(known, target, at::zeros({}, target.options()));  // NaN would reach the gradient
  return sum_where(known, (prediction - truth).square());
}

/// Every known pixel counts the same, whichever image it belongs to.
class DepthError final : public Tally {
 public:
  explicit DepthError(const Task& /*task*/) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor known = target.gt(0);
    const at::Tensor truth = target.masked_select(known).to(at::kDouble);
    const at::Tensor found = prediction.masked_select(known).to(at::kDouble);
    const at::Tensor errors = (found - truth).abs();
    count_ += errors.numel();
    absolute_ += sum_of(errors);
    relative_ += sum_of(errors / truth);
    squared_ += sum_of(errors.square());
    squared_log_ += sum_of((found.clamp_min(kLeastDepth).log() - truth.log()).square());
  }
  [[nodiscard]] MetricValues result() const override {
    if (count_ == 0) return {};
    const auto count = static_cast<double>(count_);
    return {{"abs_err", absolute_ / count},
            {"rel_err", relative_ / count},
            {"rmse", std::sqrt(squared_ / count)},
            {"log_rmse", std::sqrt(squared_log_ / count)}};
  }

 private:
  int64_t count_ = 0;
  double absolute_ = 0.0;
  double relative_ = 0.0;
  double squared_ = 0.0;
  double squared_log_ = 0.0;
};

LossSums absolute_error_sums(const at::Tensor& prediction, const at::Tensor& target) {
  return sum_where(target.gt(0), (prediction - target).abs());
}

}  // namespace

KindRow regression_row() {
  return {{{"mae", false}}, {"rmse", "r2"}, make_tally<NumberErrors>, squared_error_sums, mean_of};
}

KindRow depth_row() {
  return {{{"abs_err", false}, {"rel_err", false}},
          {"rmse", "log_rmse"},
          make_tally<DepthError>,
          absolute_error_sums,
          mean_of,
          /*has_image_means=*/true};
}

}  // namespace reconcile
