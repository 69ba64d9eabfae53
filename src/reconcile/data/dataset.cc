#include "reconcile/data/dataset.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

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

ImageSet::ImageSet(TaskSet tasks, at::Tensor images, std::vector<at::Tensor> targets)
    : tasks_(std::move(tasks)), images_(std::move(images)), targets_(std::move(targets)) {
  if (images_.dim() != 4 || images_.scalar_type() != at::kByte) {
    fail<InvalidArgument>("image set: images are {} {}, must be uint8 [N, C, H, W].",
                          c10::toString(images_.scalar_type()), images_.sizes().vec());
  }
  if (targets_.size() != tasks_.size()) {
    fail<InvalidArgument>("image set: {} targets for {} tasks, give one tensor a task.", targets_.size(),
                          tasks_.size());
  }
  for (size_t t = 0; t < tasks_.size(); ++t) {
    const at::Tensor& target = targets_[t];
    if (target.scalar_type() == at::kLong && target.sizes() == at::IntArrayRef{size()}) continue;
    fail<InvalidArgument>("image set: targets of task \"{}\" are {} {}, must be int64 [{}], one for each image.",
                          tasks_[t].name, c10::toString(target.scalar_type()), target.sizes().vec(), size());
  }
}

int64_t ImageSet::size() const { return images_.size(0); }

std::vector<int64_t> ImageSet::input_shape() const { return images_.sizes().slice(1).vec(); }

Batch ImageSet::batch(std::span<const int64_t> samples) const {
  const at::Tensor index = at::from_blob(const_cast<int64_t*>(samples.data()),  // from_blob takes no const; only read
                                         {static_cast<int64_t>(samples.size())}, at::kLong);
  std::vector<at::Tensor> targets;
  for (const auto& target : targets_) targets.push_back(target.index_select(0, index));
  at::Tensor pixels = images_.index_select(0, index).to(at::kFloat).div_(255);  // [B, C, H, W]
  return {Streams::shared(std::move(pixels), static_cast<int64_t>(tasks_.size())), std::move(targets)};
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
