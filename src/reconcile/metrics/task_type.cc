#include "reconcile/metrics/task_type.h"

#include <ATen/ATen.h>

#include <array>

#include "reconcile/metrics/kind_row.h"

namespace reconcile {
namespace {

const KindRow& row_of(TaskKind kind) {
  static const std::array rows{classification_row(), multi_label_row(),  regression_row(),
                               segmentation_row(),   segmentation_row(), depth_row(),
                               normals_row(),        saliency_row(),     edges_row()};  // in the order of TaskKind
  return rows.at(static_cast<size_t>(kind));
}

/// Every image by itself, then the mean over those that have a known pixel.
class ImageMeans final : public Tally {
 public:
  ImageMeans(const Task& task, MakeTally* make) : task_(task), make_(make) {}

  void add(const at::Tensor& prediction, const at::Tensor& target) override {
    for (int64_t i = 0; i < target.size(0); ++i) {
      const auto image = make_(task_);
      image->add(prediction.slice(0, i, i + 1), target.slice(0, i, i + 1));
      const MetricValues values = image->result();
      if (!values.empty()) ++count_;
      for (const auto& [metric, value] : values) sums_[metric] += value;
    }
  }
  [[nodiscard]] MetricValues result() const override {
    MetricValues means = sums_;
    for (auto& [metric, value] : means) value /= static_cast<double>(count_);
    return means;
  }

 private:
  Task task_;
  MakeTally* make_;
  int64_t count_ = 0;
  MetricValues sums_;
};

}  // namespace

at::Tensor mean_of(const LossSums& sums) { return sums[0] / sums[1].clamp_min(1); }

LossSums sum_where(const at::Tensor& known, const at::Tensor& values) {
  return {at::where(known, values, at::zeros({}, values.options())).sum(), known.sum().to(values.scalar_type())};
}

std::vector<Criterion> criteria(TaskKind kind) { return row_of(kind).criteria; }

std::vector<std::string> metric_names(TaskKind kind) {
  const KindRow& row = row_of(kind);
  std::vector<std::string> names;
  for (const auto& criterion : row.criteria) names.push_back(criterion.metric);
  names.insert(names.end(), row.other_metrics.begin(), row.other_metrics.end());
  names.emplace_back("loss");
  return names;
}

at::Tensor task_loss(const Task& task, const at::Tensor& prediction, const at::Tensor& target) {
  const KindRow& row = row_of(task.kind);
  return row.loss_of(row.loss_sums(prediction, target));
}

MetricSum::MetricSum(const Task& task, const MetricOptions& options) : kind_(task.kind) {
  const KindRow& row = row_of(kind_);
  const bool by_image = options.mean_of_images && row.has_image_means;
  tallies_.push_back(by_image ? std::make_unique<ImageMeans>(task, row.tally) : row.tally(task));
  if (options.match_edges && row.matching_tally != nullptr) tallies_.push_back(row.matching_tally(task));
}
MetricSum::~MetricSum() = default;
MetricSum::MetricSum(MetricSum&&) noexcept = default;
MetricSum& MetricSum::operator=(MetricSum&&) noexcept = default;

void MetricSum::add(const at::Tensor& prediction, const at::Tensor& target) {
  const at::NoGradGuard no_grad;
  for (const auto& tally : tallies_) tally->add(prediction, target);
  LossSums sums = row_of(kind_).loss_sums(prediction, target);
  for (auto& sum : sums) sum = sum.to(at::kCPU, at::kDouble);
  for (size_t i = 0; i < loss_sums_.size(); ++i) sums[i] += loss_sums_[i];
  loss_sums_ = std::move(sums);
}

at::Tensor MetricSum::confusion() const { return tallies_.front()->confusion(); }

MetricValues MetricSum::result() const {
  MetricValues values;
  for (const auto& tally : tallies_) values.merge(tally->result());
  if (!values.empty()) values["loss"] = row_of(kind_).loss_of(loss_sums_).item<double>();
  return values;
}

}  // namespace reconcile
