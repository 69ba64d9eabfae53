#include <ATen/ATen.h>

#include <optional>

#include "reconcile/core/target.h"
#include "reconcile/metrics/kind_row.h"

namespace reconcile {
namespace {

constexpr int64_t kMostConfused = 50;  // classes that anybody reads a matrix of

/// How often each class was taken for each other.
class ClassCounts {
 public:
  explicit ClassCounts(int64_t classes) : classes_(classes), counts_(at::zeros({classes, classes}, at::kLong)) {}

  void add(const at::Tensor& predicted, const at::Tensor& target) {
    const at::Tensor known = target.ge(0);
    const at::Tensor cells = target.masked_select(known) * classes_ + predicted.masked_select(known);
    counts_ += cells.bincount({}, classes_ * classes_).view({classes_, classes_}).to(at::kCPU);
  }
  /// int64 [true class, predicted class]
  [[nodiscard]] const at::Tensor& counts() const { return counts_; }

 private:
  int64_t classes_;
  at::Tensor counts_;
};

class Accuracy final : public Tally {
 public:
  explicit Accuracy(const Task& task) {
    if (task.num_outputs <= kMostConfused) confusion_.emplace(task.num_outputs);
  }

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    const at::Tensor predicted = prediction.argmax(1);
    count_ += target.ge(0).sum().item<int64_t>();
    correct_ += predicted.eq(target).sum().item<int64_t>();
    if (confusion_) confusion_->add(predicted, target);
  }
  [[nodiscard]] MetricValues result() const override {
    if (count_ == 0) return {};
    const auto count = static_cast<double>(count_);
    return {{"accuracy", static_cast<double>(correct_) / count},
            {"error", static_cast<double>(count_ - correct_) / count}};
  }
  [[nodiscard]] at::Tensor confusion() const override { return confusion_ ? confusion_->counts() : at::Tensor(); }

 private:
  int64_t count_ = 0;
  int64_t correct_ = 0;
  std::optional<ClassCounts> confusion_;
};

LossSums cross_entropy_sums(const at::Tensor& logits, const at::Tensor& target) {
  return {at::cross_entropy_loss(logits, target, {}, at::Reduction::Sum, kVoid),
          target.ge(0).sum().to(logits.scalar_type())};
}

/// Every class against every other, over all pixels.
class Overlap final : public Tally {
 public:
  explicit Overlap(const Task& task) : confusion_(task.num_outputs) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    confusion_.add(prediction.argmax(1), target);
  }
  [[nodiscard]] MetricValues result() const override {
    const at::Tensor counts = confusion_.counts().to(at::kDouble);
    const double pixels = counts.sum().item<double>();
    if (pixels == 0) return {};
    const at::Tensor correct = counts.diagonal();
    const at::Tensor either = counts.sum(0) + counts.sum(1) - correct;  // the class is predicted or true there
    const at::Tensor iou = (correct / either).masked_select(either.gt(0));
    return {{"miou", iou.mean().item<double>()}, {"pixel_accuracy", correct.sum().item<double>() / pixels}};
  }
  [[nodiscard]] at::Tensor confusion() const override {
    return confusion_.counts().size(0) <= kMostConfused ? confusion_.counts() : at::Tensor();
  }

 private:
  ClassCounts confusion_;
};

}  // namespace

KindRow classification_row() {
  return {{{"accuracy", true}}, {"error"}, make_tally<Accuracy>, cross_entropy_sums, mean_of};
}

KindRow segmentation_row() {
  return {{{"miou", true}, {"pixel_accuracy", true}}, {}, make_tally<Overlap>, cross_entropy_sums, mean_of};
}

}  // namespace reconcile
