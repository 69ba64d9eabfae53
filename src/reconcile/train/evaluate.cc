#include "reconcile/train/evaluate.h"

#include <ATen/ATen.h>

#include <numeric>

namespace reconcile {

TaskMetrics evaluate(MultiTaskModel& model, const Dataset& data, int64_t batch_size) {
  const at::NoGradGuard no_grad;
  std::vector<int64_t> samples(static_cast<size_t>(data.size()));
  std::iota(samples.begin(), samples.end(), int64_t{0});
  std::vector<MetricSum> sums(model.tasks().begin(), model.tasks().end());
  model.set_training(false);
  for (int64_t begin = 0; begin < data.size(); begin += batch_size) {
    const auto count = static_cast<size_t>(std::min(batch_size, data.size() - begin));
    const Batch batch = data.batch(std::span(samples).subspan(static_cast<size_t>(begin), count));
    const auto predictions = model.forward(batch.inputs);
    for (size_t t = 0; t < sums.size(); ++t) sums[t].add(predictions[t], batch.targets[t]);
  }
  model.set_training(true);
  TaskMetrics result;
  for (size_t t = 0; t < sums.size(); ++t) result[model.tasks()[t].name] = sums[t].result();
  return result;
}

}  // namespace reconcile
