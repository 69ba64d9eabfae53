#include "reconcile/train/evaluate.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "reconcile/base/json_lines.h"
#include "reconcile/train/device.h"

namespace reconcile {
namespace {

constexpr double kNothing = 1e-12;  // a metric below it, or above its inverse, counts as that

/// The log of a criterion, turned so that higher is better; what is not a number is as bad as can be.
double log_value(double value, bool higher_is_better) {
  if (std::isnan(value)) return std::log(kNothing);
  const double log = std::log(std::clamp(value, kNothing, 1 / kNothing));
  return higher_is_better ? log : -log;
}

/// Mean over the criteria that are there; 0 without any.
double log_achievement(const Task& task, const MetricValues& values) {
  double sum = 0.0;
  double count = 0.0;
  for (const auto& [metric, higher_is_better] : criteria(task.kind)) {
    if (!values.contains(metric)) continue;
    sum += log_value(values.at(metric), higher_is_better);
    count += 1;
  }
  return count == 0 ? 0.0 : sum / count;
}

}  // namespace

std::vector<MetricSum> measure(MultiTaskModel& model, const Dataset& data, const TrainOptions& options) {
  const at::NoGradGuard no_grad;
  const JoinedStreams joined(model);
  const int64_t count = num_batches(data, options.eval_batch_size);
  DeviceBatches loader(data, in_order(data, options.eval_batch_size), 0, count, options.workers, model.device(),
                       options.layout == "nchw" ? Layout::kNchw : Layout::kPosition);
  std::vector<MetricSum> sums;
  for (const auto& task : model.tasks()) {
    sums.emplace_back(task, MetricOptions{options.averaging == "images", options.edge_matching});
  }
  model.set_training(false);
  for (int64_t b = 0; b < count; ++b) {
    const Batch batch = loader.next();
    const auto predictions = model.forward(batch.inputs);
    for (size_t t = 0; t < sums.size(); ++t) sums[t].add(predictions[t], batch.targets[t]);
  }
  model.set_training(true);
  return sums;
}

TaskMetrics results(const TaskSet& tasks, const std::vector<MetricSum>& sums) {
  TaskMetrics result;
  for (size_t t = 0; t < sums.size(); ++t) result[tasks[t].name] = sums[t].result();
  return result;
}

TaskMetrics evaluate(MultiTaskModel& model, const Dataset& data, const TrainOptions& options) {
  return results(model.tasks(), measure(model, data, options));
}

Json confusion_json(const TaskSet& tasks, const std::vector<MetricSum>& sums) {
  Json result = Json::object();
  for (size_t t = 0; t < sums.size(); ++t) {
    const at::Tensor counts = sums[t].confusion();
    if (!counts.defined()) continue;
    for (const at::Tensor& row : counts.unbind()) {
      const auto* first = row.contiguous().data_ptr<int64_t>();
      result[tasks[t].name].push_back(std::vector<int64_t>(first, first + row.numel()));
    }
  }
  return result;
}

Json to_json(const TaskSet& tasks, const TaskMetrics& metrics) {
  Json result = Json::object();
  for (const auto& task : tasks) {
    Json& values = result[task.name] = Json::object();
    for (const auto& name : metric_names(task.kind)) {
      if (metrics.at(task.name).contains(name)) values[name] = number(metrics.at(task.name).at(name));
    }
  }
  return result;
}

std::vector<double> achievements(const TaskSet& tasks, const TaskMetrics& metrics) {
  std::vector<double> result;
  for (const auto& task : tasks) result.push_back(std::exp(log_achievement(task, metrics.at(task.name))));
  return result;
}

double validation_score(const TaskSet& tasks, const TaskMetrics& metrics) {
  double sum = 0.0;
  for (const auto& task : tasks) sum += log_achievement(task, metrics.at(task.name));
  return sum / static_cast<double>(tasks.size());
}

}  // namespace reconcile
