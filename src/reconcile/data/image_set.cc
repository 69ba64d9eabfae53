#include "reconcile/data/image_set.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"
#include "reconcile/data/pixels.h"

namespace reconcile {

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
    const std::string problem = target_problem(tasks_[t], targets_[t], first.size(0), first.size(2), first.size(3));
    if (!problem.empty()) fail<InvalidArgument>("image set: {}", problem);
  }
}

ImageSet::ImageSet(const TaskSet& tasks, at::Tensor images, std::vector<at::Tensor> targets)
    : ImageSet(tasks, Streams::shared(std::move(images), std::ssize(tasks)), std::move(targets)) {}

int64_t ImageSet::size() const { return images_.of_task(0).size(0); }

std::vector<int64_t> ImageSet::input_shape() const { return images_.of_task(0).sizes().slice(1).vec(); }

std::shared_ptr<const Dataset> ImageSet::only(int64_t task) const {
  return std::make_shared<ImageSet>(TaskSet{tasks_[task]}, images_.of_task(task), std::vector{targets_[task]});
}

Batch ImageSet::read(std::span<const int64_t> samples, const Rng& /*rng*/) const {
  const at::Tensor index = at::from_blob(const_cast<int64_t*>(samples.data()),  // from_blob takes no const; only read
                                         {std::ssize(samples)}, at::kLong);
  std::vector<at::Tensor> targets;
  for (size_t t = 0; t < tasks_.size(); ++t) {
    targets.push_back(as_target(tasks_[t], targets_[t].index_select(0, index)));
  }
  return {map(images_, [&](const at::Tensor& whole) { return gather_pixels(whole, samples); }), std::move(targets)};
}

}  // namespace reconcile
