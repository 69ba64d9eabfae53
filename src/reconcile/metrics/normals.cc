#include <ATen/ATen.h>

#include <array>
#include <numbers>

#include "reconcile/metrics/kind_row.h"

namespace reconcile {
namespace {

constexpr std::array kLimits{11.25, 22.5, 30.0};  // degrees
constexpr int64_t kBinsPerDegree = 100;           // of the histogram that gives the median
constexpr int64_t kBins = 180 * kBinsPerDegree;
constexpr double kTiny = 1e-8;  // added to squared lengths in the loss: no gradient is infinite

at::Tensor squared_length(const at::Tensor& vectors) { return vectors.square().sum(1); }

/// Cosines [B, H, W] between vectors [B, 3, H, W] of any length.
at::Tensor cosines(const at::Tensor& prediction, const at::Tensor& target, double tiny) {
  const at::Tensor lengths = (squared_length(prediction) + tiny).sqrt() * (squared_length(target) + tiny).sqrt();
  return (prediction * target).sum(1) / lengths;
}

class Angles final : public Tally {
 public:
  explicit Angles(const Task& /*task*/) : histogram_(at::zeros({kBins}, at::kLong)) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor cosine = cosines(prediction.to(at::kDouble), target.to(at::kDouble), 1e-30);
    const at::Tensor known = squared_length(target).gt(0) & cosine.isfinite();
    const at::Tensor angles = cosine.masked_select(known).clamp(-1, 1).acos() * (180 / std::numbers::pi);
    count_ += angles.numel();
    sum_ += angles.sum().item<double>();
    for (size_t i = 0; i < kLimits.size(); ++i) within_[i] += angles.lt(kLimits[i]).sum().item<int64_t>();
    const at::Tensor bins = (angles * kBinsPerDegree).to(at::kLong).clamp_max(kBins - 1);
    histogram_ += bins.bincount({}, kBins).to(at::kCPU);
  }
  [[nodiscard]] MetricValues result() const override {
    if (count_ == 0) return {};
    const auto share = [this](int64_t part) { return static_cast<double>(part) / static_cast<double>(count_); };
    return {{"mean_angle", sum_ / static_cast<double>(count_)},
            {"median_angle", median()},
            {"within_11.25", share(within_[0])},
            {"within_22.5", share(within_[1])},
            {"within_30", share(within_[2])}};
  }

 private:
  /// Where half of the angles lie below, linear inside a bin: at most the width of a bin away.
  [[nodiscard]] double median() const {
    const auto* counts = histogram_.data_ptr<int64_t>();
    const double half = static_cast<double>(count_) / 2;
    double below = 0;
    int64_t bin = 0;
    while (below + static_cast<double>(counts[bin]) < half) below += static_cast<double>(counts[bin++]);
    const double inside = (half - below) / static_cast<double>(counts[bin]);
    return (static_cast<double>(bin) + inside) / kBinsPerDegree;
  }

  int64_t count_ = 0;
  double sum_ = 0.0;
  std::array<int64_t, kLimits.size()> within_{};
  at::Tensor histogram_;
};

LossSums cosine_distance_sums(const at::Tensor& prediction, const at::Tensor& target) {
  return sum_where(squared_length(target).gt(0), 1 - cosines(prediction, target, kTiny));
}

}  // namespace

KindRow normals_row() {
  return {{{"mean_angle", false},
           {"median_angle", false},
           {"within_11.25", true},
           {"within_22.5", true},
           {"within_30", true}},
          {},
          make_tally<Angles>,
          cosine_distance_sums,
          mean_of,
          /*has_image_means=*/true};
}

}  // namespace reconcile
