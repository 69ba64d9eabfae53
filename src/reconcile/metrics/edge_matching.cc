#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reconcile/core/thinning.h"
#include "reconcile/metrics/kind_row.h"
#include "reconcile/metrics/pixel_matching.h"

namespace reconcile {
namespace {

constexpr int64_t kNumLevels = 99;
constexpr double kTolerance = 0.0075;  // of the image's diagonal

/// Pixels at one threshold.
struct Counts {
  double matched = 0;
  double predicted = 0;
  double positive = 0;

  void add(const Counts& other) {
    matched += other.matched;
    predicted += other.predicted;
    positive += other.positive;
  }
  [[nodiscard]] double precision() const { return predicted == 0 ? 0 : matched / predicted; }
  [[nodiscard]] double recall() const { return positive == 0 ? 0 : matched / positive; }
  [[nodiscard]] double f() const { return predicted + positive == 0 ? 1 : 2 * matched / (predicted + positive); }
};
using Curve = std::array<Counts, kNumLevels>;

const Counts& best_of(const Curve& curve) {
  return *std::max_element(curve.begin(), curve.end(), [](const Counts& a, const Counts& b) { return a.f() < b.f(); });
}

/// The counts of one image, all [H, W]: `levels` is how many thresholds lie below each logit, `truth` and `known` are
/// uint8. Thresholds without a logit between them have the same counts.
Curve count_image(const at::Tensor& levels, const at::Tensor& truth, const at::Tensor& known) {
  const at::Tensor sizes = levels.flatten().bincount({}, kNumLevels + 1);
  std::vector<int64_t> distinct{0};
  for (int64_t k = 1; k < kNumLevels; ++k) {
    if (sizes[k].item<int64_t>() > 0) distinct.push_back(k);
  }
  const double radius = kTolerance * std::hypot(levels.size(0), levels.size(1));
  const auto positive = static_cast<double>(truth.sum().item<int64_t>());
  Curve curve{};
  at::parallel_for(0, std::ssize(distinct), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto k = distinct[static_cast<size_t>(i)];
      const at::Tensor found = thin(levels.gt(k).to(at::kByte)) * known;
      curve[static_cast<size_t>(k)] = {static_cast<double>(count_matches(truth, found, radius)),
                                       static_cast<double>(found.sum().item<int64_t>()), positive};
    }
  });
  for (size_t k = 1; k < curve.size(); ++k) {
    if (!std::binary_search(distinct.begin(), distinct.end(), static_cast<int64_t>(k))) curve[k] = curve[k - 1];
  }
  return curve;
}

/// The smallest window of `values` [H, W] that holds all known pixels: the image without the canvas that it stands on.
at::Tensor inside(const at::Tensor& known, const at::Tensor& values) {
  const auto [low, high] = known.nonzero().aminmax(0);
  return values.slice(0, low[0].item<int64_t>(), high[0].item<int64_t>() + 1)
      .slice(1, low[1].item<int64_t>(), high[1].item<int64_t>() + 1)
      .contiguous();
}

/// Mean precision at recalls of 0, 0.01 ... 1, linear between the points of the curve, 0 outside of it.
double average_precision(const Curve& curve) {
  std::map<double, double> points;  // recall -> precision, the best of equal recalls
  for (const auto& counts : curve) {
    double& precision = points[counts.recall()];
    precision = std::max(precision, counts.precision());
  }
  double sum = 0;
  for (int i = 0; i <= 100; ++i) {
    const double recall = i / 100.0;
    const auto after = points.lower_bound(recall);
    if (after == points.end() || (after == points.begin() && after->first > recall)) continue;
    if (after->first == recall) {
      sum += after->second;
      continue;
    }
    const auto before = std::prev(after);
    const double share = (recall - before->first) / (after->first - before->first);
    sum += before->second + share * (after->second - before->second);
  }
  return sum / 101;
}

class EdgeMatching final : public Tally {
 public:
  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor thresholds = logit_thresholds(0.01, 0.99, kNumLevels);
    const at::Tensor levels = at::bucketize(prediction.to(at::kCPU, at::kFloat).contiguous(), thresholds);
    const at::Tensor targets = target.to(at::kCPU);
    for (int64_t i = 0; i < targets.size(0); ++i) {
      const at::Tensor known = targets[i][0].ge(0);
      if (!known.any().item<bool>()) continue;
      const at::Tensor truth = inside(known, targets[i][0]);
      const Curve curve =
          count_image(inside(known, levels[i][0]), truth.gt(0.5).to(at::kByte), truth.ge(0).to(at::kByte));
      for (size_t k = 0; k < curve.size(); ++k) sums_[k].add(curve[k]);
      sums_of_best_.add(best_of(curve));
      ++images_;
    }
  }
  [[nodiscard]] MetricValues result() const override {
    if (images_ == 0) return {};
    return {
        {"ods_f", best_of(sums_).f()}, {"ois_f", sums_of_best_.f()}, {"average_precision", average_precision(sums_)}};
  }

 private:
  int64_t images_ = 0;
  Curve sums_{};
  Counts sums_of_best_;  ///< of every image at its own best threshold
};

}  // namespace

std::unique_ptr<Tally> make_edge_matching(const Task& /*task*/) { return std::make_unique<EdgeMatching>(); }

}  // namespace reconcile
