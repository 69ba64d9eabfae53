#include "reconcile/data/dataset.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/core/target.h"

namespace reconcile {
namespace {

/// One task of a whole data set.
class OneTask final : public Dataset {
 public:
  OneTask(std::shared_ptr<const Dataset> whole, int64_t t)
      : whole_(std::move(whole)), t_(t), tasks_{whole_->tasks()[t]} {}
  [[nodiscard]] const TaskSet& tasks() const override { return tasks_; }
  [[nodiscard]] int64_t size() const override { return whole_->size(); }
  [[nodiscard]] std::vector<int64_t> input_shape() const override { return whole_->input_shape(); }
  [[nodiscard]] Batch batch(std::span<const int64_t> samples) const override {
    const Batch batch = whole_->batch(samples);
    return {Streams::shared(batch.inputs.of_task(t_), 1), {batch.targets[t_]}};
  }

 private:
  std::shared_ptr<const Dataset> whole_;
  int64_t t_;
  TaskSet tasks_;
};

}  // namespace

ImageSet::ImageSet(TaskSet tasks, Streams images, std::vector<at::Tensor> targets)
    : tasks_(std::move(tasks)), images_(std::move(images)), targets_(std::move(targets)) {
  const int64_t num_tasks = std::ssize(tasks_);
  if (num_tasks == 0 || std::ssize(targets_) != num_tasks || images_.partition().num_tasks() != num_tasks) {
    fail<InvalidArgument>("image set: images of {} tasks and {} targets for {} tasks, give one of each a task.",
                          images_.partition().num_tasks(), targets_.size(), num_tasks);
  }
  const at::Tensor& first = images_.of_task(0);
  for (const auto& of_group : images_.values()) {
    const auto type = of_group.scalar_type();
    if (of_group.dim() == 4 && (type == at::kByte || type == at::kFloat) && of_group.sizes() == first.sizes()) continue;
    fail<InvalidArgument>("image set: images are {} [{}], must be uint8 or float32 [N, C, H, W], the same for all.",
                          c10::toString(type), fmt::join(of_group.sizes(), ", "));
  }
  for (size_t t = 0; t < tasks_.size(); ++t) {
    check_targets(tasks_[t], targets_[t], first.size(0), first.size(2), first.size(3));
  }
}

ImageSet::ImageSet(const TaskSet& tasks, at::Tensor images, std::vector<at::Tensor> targets)
    : ImageSet(tasks, Streams::shared(std::move(images), std::ssize(tasks)), std::move(targets)) {}

int64_t ImageSet::size() const { return images_.of_task(0).size(0); }

std::vector<int64_t> ImageSet::input_shape() const { return images_.of_task(0).sizes().slice(1).vec(); }

Batch ImageSet::batch(std::span<const int64_t> samples) const {
  const at::Tensor index = at::from_blob(const_cast<int64_t*>(samples.data()),  // from_blob takes no const; only read
                                         {std::ssize(samples)}, at::kLong);
  std::vector<at::Tensor> targets;
  for (size_t t = 0; t < tasks_.size(); ++t) {
    targets.push_back(as_target(tasks_[t], targets_[t].index_select(0, index)));
  }
  const auto gather = [&](const at::Tensor& whole) {
    at::Tensor images = whole.index_select(0, index);  // [B, C, H, W]
    return images.scalar_type() == at::kByte ? images.to(at::kFloat).div_(255) : images;
  };
  return {map(images_, gather), std::move(targets)};
}

std::shared_ptr<const Dataset> only_task(std::shared_ptr<const Dataset> whole, const std::string& task) {
  std::vector<std::string> names;
  for (const auto& candidate : whole->tasks()) {
    if (candidate.name == task) return std::make_shared<OneTask>(whole, static_cast<int64_t>(names.size()));
    names.push_back(candidate.name);
  }
  fail<InvalidArgument>("no task \"{}\".{} The data set has {}.", task, did_you_mean(task, names),
                        fmt::join(names, ", "));
}

DataSplits only_task(DataSplits whole, const std::string& task) {
  for (auto part : {&DataSplits::train, &DataSplits::validation, &DataSplits::test}) {
    whole.*part = only_task(whole.*part, task);
  }
  return whole;
}

}  // namespace reconcile
