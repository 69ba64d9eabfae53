#pragma once

#include "reconcile/train/device.h"
#include "reconcile/train/loop.h"

namespace reconcile {

/// The samples of one epoch in their order, which only the run's seed and the number of the epoch decide.
class EpochBatches {
 public:
  EpochBatches(const TrainJob& job, int64_t epoch);

  /// Whole steps of an epoch of the job.
  static int64_t steps(const TrainJob& job);

  /// Places in the training split of the samples of a step of the epoch, those of all its batches.
  [[nodiscard]] std::vector<int64_t> samples(int64_t step) const;
  /// The batches from that step on, augmented as the epoch says.
  [[nodiscard]] DeviceBatches read_from(int64_t step, const at::Device& device, Layout layout) const;

 private:
  const TrainJob& job_;
  Rng augmentation_;
  std::vector<int64_t> order_;
};

}  // namespace reconcile
