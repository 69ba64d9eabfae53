#include "reconcile/train/job_check.h"

#include "reconcile/base/error.h"

namespace reconcile {

void check_job(const TrainJob& job) {
  const int64_t size = job.data.train->size();
  const int64_t samples = job.options.batch_size * job.method.batches_per_step();
  if (samples > size) {
    fail<InvalidArgument>("train.batch_size = {}: a step takes {} samples, the training set has only {}.",
                          job.options.batch_size, samples, size);
  }
  if (job.options.batch_size % job.step.accumulate != 0) {
    fail<InvalidArgument>("step.accumulate = {}, must divide train.batch_size = {}.", job.step.accumulate,
                          job.options.batch_size);
  }
}

void check_resumed(const TrainJob& job, const Json& state) {
  const std::string where = (job.directory / "checkpoints").string();
  job.model.shared_layout().require_same(state.at("layout"), where);
  if (state.at("data") == job.data.fingerprint) return;
  fail<StateError>("{}: the data were {} and are now {}. Bring the old ones back, or start a new run with --out.",
                   where, state.at("data").dump(), job.data.fingerprint.dump());
}

}  // namespace reconcile
