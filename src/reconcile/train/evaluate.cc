#include "reconcile/train/evaluate.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numeric>

#include "reconcile/base/json_lines.h"

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

Json to_json(const TaskMetrics& metrics) {
  Json result = Json::object();
  for (const auto& [task, values] : metrics) {
    for (const auto& [metric, value] : values) result[task][metric] = number(value);
  }
  return result;
}

double validation_score(const TaskSet& tasks, const TaskMetrics& metrics) {
  double sum = 0.0;
  for (const auto& task : tasks) {
    const auto of_task = criteria(task.kind);
    for (const auto& [metric, higher_is_better] : of_task) {
      const double value = metrics.at(task.name).at(metric);
      sum += (higher_is_better ? value : -value) / static_cast<double>(of_task.size());
    }
  }
  return sum / static_cast<double>(tasks.size());
}

std::vector<double> achievements(const TaskSet& tasks, const TaskMetrics& metrics) {
  std::vector<double> result;
  for (const auto& task : tasks) {
    const auto of_task = criteria(task.kind);
    double logs = 0.0;
    for (const auto& [metric, higher_is_better] : of_task) {
      logs += (higher_is_better ? 1.0 : -1.0) * std::log(metrics.at(task.name).at(metric));
    }
    result.push_back(std::exp(logs / static_cast<double>(of_task.size())));
  }
  return result;
}

}  // namespace reconcile
