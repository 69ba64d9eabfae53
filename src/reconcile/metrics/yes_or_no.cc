#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/metrics/kind_row.h"

namespace reconcile {
namespace {

constexpr double kEdgeWeight = 0.95;  // of edge pixels in the loss

/// How often each image is yes at `truth` and above each of K thresholds: {true positives [B, K], predicted [B, K],
/// true [B, 1]} as doubles, over the known pixels.
struct Hits {
  at::Tensor both, predicted, positive;
};
Hits count_hits(const at::Tensor& logits, const at::Tensor& target, const at::Tensor& thresholds) {
  const int64_t images = target.size(0);
  const int64_t levels = thresholds.size(0) + 1;
  const at::Tensor known = target.ge(0);
  const at::Tensor image = at::arange(images, target.options().dtype(at::kLong)).view({-1, 1, 1, 1}).expand_as(target);
  const at::Tensor level =
      at::bucketize(logits.contiguous(), thresholds.to(logits.device()));  // thresholds strictly below the logit
  const at::Tensor cell = (image * 2 + target.gt(0.5)) * levels + level;
  const at::Tensor counts =
      cell.masked_select(known).bincount({}, images * 2 * levels).view({images, 2, levels}).to(at::kCPU);
  const at::Tensor above = counts.flip(2).cumsum(2).flip(2).to(at::kDouble);  // [B, no or yes, levels]
  return {above.select(1, 1).slice(1, 1), above.sum(1).slice(1, 1), above.select(1, 1).slice(1, 0, 1)};
}

at::Tensor f_measure(const at::Tensor& precision, const at::Tensor& recall) {
  return 2 * precision * recall / (precision + recall).clamp_min(1e-12);
}

/// a / b, and `otherwise` where b is 0.
at::Tensor ratio(const at::Tensor& a, const at::Tensor& b, double otherwise) {
  return at::where(b.gt(0), a / b.clamp_min(1), at::full({}, otherwise, a.options()));
}

/// Means over images, then the best of 15 thresholds.
class SaliencyScores final : public Tally {
 public:
  explicit SaliencyScores(const Task& /*task*/) : sums_(at::zeros({3, kThresholds}, at::kDouble)) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor images = target.ge(0).flatten(1).any(1).nonzero().flatten();  // all void: not counted
    const auto hits = count_hits(prediction.index_select(0, images), target.index_select(0, images),
                                 logit_thresholds(0.2, 0.9, kThresholds));
    images_ += images.size(0);
    sums_[0] += ratio(hits.both, hits.predicted, 0).sum(0);
    sums_[1] += ratio(hits.both, hits.positive.expand_as(hits.both), 0).sum(0);
    sums_[2] += ratio(hits.both, hits.predicted + hits.positive - hits.both, 1).sum(0);
  }
  [[nodiscard]] MetricValues result() const override {
    if (images_ == 0) return {};
    const at::Tensor means = sums_ / images_;
    return {{"miou", means[2].max().item<double>()}, {"max_f", f_measure(means[0], means[1]).max().item<double>()}};
  }

 private:
  static constexpr int64_t kThresholds = 15;
  int64_t images_ = 0;
  at::Tensor sums_;  ///< of precision, recall, IoU
};

/// One threshold for all images, pixel by pixel.
class EdgeScore final : public Tally {
 public:
  explicit EdgeScore(const Task& /*task*/) : sums_(at::zeros({2, kThresholds}, at::kDouble)) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const auto hits = count_hits(prediction, target, logit_thresholds(0.01, 0.99, kThresholds));
    known_ += target.ge(0).sum().item<int64_t>();
    positive_ += hits.positive.sum().item<double>();
    sums_[0] += hits.both.sum(0);
    sums_[1] += hits.predicted.sum(0);
  }
  [[nodiscard]] MetricValues result() const override {
    if (known_ == 0) return {};
    const at::Tensor f = ratio(2 * sums_[0], sums_[1] + positive_, 1);
    return {{"best_f", f.max().item<double>()}};
  }

 private:
  static constexpr int64_t kThresholds = 99;
  int64_t known_ = 0;
  double positive_ = 0.0;
  at::Tensor sums_;  ///< of true positives, predicted
};

/// Counts of each label, and means over labels.
class LabelScores final : public Tally {
 public:
  explicit LabelScores(const Task& task) : sums_(at::zeros({4, task.num_outputs}, at::kDouble)) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor known = target.ge(0);
    const at::Tensor yes = target.gt(0.5);
    const at::Tensor said = prediction.gt(0) & known;
    sums_ +=
        at::stack({known.sum(0), (said.eq(yes) & known).sum(0), (said & yes).sum(0), (said.to(at::kLong) + yes).sum(0)})
            .to(at::kCPU);
  }
  [[nodiscard]] MetricValues result() const override {
    const at::Tensor totals = sums_.sum(1);
    const double known = totals[0].item<double>();
    if (known == 0) return {};
    const double right = totals[1].item<double>();
    MetricValues values{{"accuracy", right / known}, {"error", (known - right) / known}};
    const at::Tensor occurs = sums_[3].gt(0);
    if (occurs.any().item<bool>()) {
      values["f1"] = (2 * sums_[2] / sums_[3]).masked_select(occurs).mean().item<double>();
    }
    return values;
  }

 private:
  at::Tensor sums_;  ///< of each label: known, right, true positives, predicted plus true
};

/// Cross-entropy of a logit with yes or no.
at::Tensor yes_no_errors(const at::Tensor& logits, const at::Tensor& yes) {
  return at::binary_cross_entropy_with_logits(logits, yes.to(logits.scalar_type()), {}, {}, at::Reduction::None);
}

LossSums label_sums(const at::Tensor& logits, const at::Tensor& target) {
  return sum_where(target.ge(0), yes_no_errors(logits, target.gt(0.5)));
}

/// {sum over yes, their number, sum over no, their number}.
LossSums two_sided_sums(const at::Tensor& logits, const at::Tensor& target) {
  const at::Tensor yes = target.gt(0.5);
  const at::Tensor errors = yes_no_errors(logits, yes);
  LossSums sums = sum_where(yes, errors);
  const LossSums no = sum_where(target.ge(0) & ~yes, errors);
  sums.insert(sums.end(), no.begin(), no.end());
  return sums;
}

/// Weights yes by the share of no and the other way round, so that both sides count the same.
at::Tensor balanced(const LossSums& sums) {
  const at::Tensor known = (sums[1] + sums[3]).clamp_min(1);
  return (sums[0] * (sums[3] / known) + sums[2] * (sums[1] / known)) / known;
}

at::Tensor weighted_to_edges(const LossSums& sums) {
  return (sums[0] * kEdgeWeight + sums[2] * (1 - kEdgeWeight)) / (sums[1] + sums[3]).clamp_min(1);
}

}  // namespace

at::Tensor logit_thresholds(double first, double last, int64_t count) {
  return at::linspace(first, last, count, at::kDouble).logit().to(at::kFloat);
}

KindRow multi_label_row() {
  return {{{"accuracy", true}}, {"f1", "error"}, make_tally<LabelScores>, label_sums, mean_of};
}

KindRow saliency_row() { return {{{"miou", true}}, {"max_f"}, make_tally<SaliencyScores>, two_sided_sums, balanced}; }

KindRow edges_row() {
  return {.criteria = {{"best_f", true}},
          .other_metrics = {"ods_f", "ois_f", "average_precision"},
          .tally = make_tally<EdgeScore>,
          .loss_sums = two_sided_sums,
          .loss_of = weighted_to_edges,
          .matching_tally = make_edge_matching};
}

}  // namespace reconcile
