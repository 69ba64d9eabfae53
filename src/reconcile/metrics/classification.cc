#include <ATen/ATen.h>

#include "reconcile/core/target.h"
#include "reconcile/metrics/kind_row.h"

namespace reconcile {
namespace {

class Accuracy final : public Tally {
 public:
  explicit Accuracy(const Task& /*task*/) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    count_ += target.ge(0).sum().item<int64_t>();
    correct_ += prediction.argmax(1).eq(target).sum().item<int64_t>();
  }
  [[nodiscard]] MetricValues result() const override {
    if (count_ == 0) return {};
    const auto count = static_cast<double>(count_);
    return {{"accuracy", static_cast<double>(correct_) / count},
            {"error", static_cast<double>(count_ - correct_) / count}};
  }

 private:
  int64_t count_ = 0;
  int64_t correct_ = 0;
};

LossSums cross_entropy_sums(const at::Tensor& logits, const at::Tensor& target) {
  return {at::cross_entropy_loss(logits, target, {}, at::Reduction::Sum, kVoid),
          target.ge(0).sum().to(logits.scalar_type())};
}

/// Every class against every other, over all pixels.
class Confusion final : public Tally {
 public:
  explicit Confusion(const Task& task)
      : classes_(task.num_outputs), counts_(at::zeros({classes_, classes_}, at::kLong)) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor known = target.ge(0);
    const at::Tensor cells = target.masked_select(known) * classes_ + prediction.argmax(1).masked_select(known);
    counts_ += cells.bincount({}, classes_ * classes_).view({classes_, classes_}).to(at::kCPU);
  }
  [[nodiscard]] MetricValues result() const override {
    const at::Tensor counts = counts_.to(at::kDouble);
    const double pixels = counts.sum().item<double>();
    if (pixels == 0) return {};
    const at::Tensor correct = counts.diagonal();
    const at::Tensor either = counts.sum(0) + counts.sum(1) - correct;  // the class is predicted or true there
    const at::Tensor iou = (correct / either).masked_select(either.gt(0));
    return {{"miou", iou.mean().item<double>()}, {"pixel_accuracy", correct.sum().item<double>() / pixels}};
  }

 private:
  int64_t classes_;
  at::Tensor counts_;  ///< [true class, predicted class]
};

}  // namespace

KindRow classification_row() {
  return {{{"accuracy", true}}, {"error"}, make_tally<Accuracy>, cross_entropy_sums, mean_of};
}

KindRow segmentation_row() {
  return {{{"miou", true}, {"pixel_accuracy", true}}, {}, make_tally<Confusion>, cross_entropy_sums, mean_of};
}

}  // namespace reconcile
