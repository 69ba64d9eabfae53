#pragma once

#include "reconcile/data/dataset.h"

namespace reconcile {

/// Images and targets kept whole in memory; a batch is one gather, and one conversion where they are kept as bytes.
class ImageSet final : public Dataset {
 public:
  /// `images` [N, C, H, W], uint8 (255 becomes 1) or float32: one tensor for all tasks, or one for each that has images
  /// of its own, all of one shape. `targets` one a task, in the form of core/target.h. InvalidArgument if something
  /// does not fit.
  ImageSet(TaskSet tasks, Streams images, std::vector<at::Tensor> targets);
  /// All tasks on the same images.
  ImageSet(const TaskSet& tasks, at::Tensor images, std::vector<at::Tensor> targets);
  [[nodiscard]] const TaskSet& tasks() const override { return tasks_; }
  [[nodiscard]] int64_t size() const override;
  [[nodiscard]] std::vector<int64_t> input_shape() const override;
  [[nodiscard]] std::shared_ptr<const Dataset> only(int64_t task) const override;
  [[nodiscard]] const Streams& images() const { return images_; }
  [[nodiscard]] const std::vector<at::Tensor>& targets() const { return targets_; }

 private:
  [[nodiscard]] Batch read(std::span<const int64_t> samples, const Rng& rng) const override;

  TaskSet tasks_;
  Streams images_;
  std::vector<at::Tensor> targets_;
};

}  // namespace reconcile
