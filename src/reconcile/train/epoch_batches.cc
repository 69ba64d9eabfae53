#include "reconcile/train/epoch_batches.h"

namespace reconcile {

EpochBatches::EpochBatches(const TrainJob& job, int64_t epoch)
    : job_(job),
      augmentation_(job.rng.fork("augmentation").fork(static_cast<uint64_t>(epoch))),
      order_(job.rng.fork("shuffle").fork(static_cast<uint64_t>(epoch)).permutation(job.data.train->size())) {}

int64_t EpochBatches::steps(const TrainJob& job) {
  return job.data.train->size() / (job.options.batch_size * job.method.batches_per_step());
}

std::vector<int64_t> EpochBatches::samples(int64_t step) const {
  const int64_t count = job_.options.batch_size * job_.method.batches_per_step();
  return {order_.begin() + step * count, order_.begin() + (step + 1) * count};
}

DeviceBatches EpochBatches::read_from(int64_t step, const at::Device& device, Layout layout) const {
  const int64_t size = job_.options.batch_size;
  const auto plan = [size, order = order_, augmentation = augmentation_](int64_t number) {
    const auto begin = order.begin() + number * size;
    return BatchPlan{{begin, begin + size}, augmentation.fork(static_cast<uint64_t>(number))};
  };
  const int64_t count = job_.method.batches_per_step();
  return {*job_.data.train, plan, step * count, steps(job_) * count, job_.options.workers, device, layout};
}

}  // namespace reconcile
