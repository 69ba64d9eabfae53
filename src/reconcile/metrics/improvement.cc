#include "reconcile/metrics/improvement.h"

#include <cmath>
#include <numeric>

namespace reconcile {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Relative gain of every criterion of a task, positive where it got better; absent where it is not defined.
std::optional<std::vector<double>> gains(const Task& task, const TaskMetrics& values, const TaskMetrics& single) {
  std::vector<double> result;
  for (const auto& [metric, higher_is_better] : criteria(task.kind)) {
    const auto value = values.find(task.name);
    const auto reference = single.find(task.name);
    if (value == values.end() || reference == single.end()) return std::nullopt;
    if (!value->second.contains(metric) || !reference->second.contains(metric)) return std::nullopt;
    const double base = reference->second.at(metric);
    if (base == 0.0) return std::nullopt;
    const double change = (value->second.at(metric) - base) / base;
    result.push_back(higher_is_better ? change : -change);
  }
  return result;
}

}  // namespace

std::optional<double> delta_m(const TaskSet& tasks, const TaskMetrics& values, const TaskMetrics& single) {
  std::vector<double> of_tasks;
  for (const auto& task : tasks) {
    const auto of_task = gains(task, values, single);
    if (!of_task) return std::nullopt;
    of_tasks.push_back(mean(*of_task));
  }
  return 100.0 * mean(of_tasks);
}

std::optional<double> delta_m_flat(const TaskSet& tasks, const TaskMetrics& values, const TaskMetrics& single) {
  std::vector<double> all;
  for (const auto& task : tasks) {
    const auto of_task = gains(task, values, single);
    if (!of_task) return std::nullopt;
    all.insert(all.end(), of_task->begin(), of_task->end());
  }
  return -100.0 * mean(all);
}

Spread spread(const std::vector<double>& values) {
  Spread result{mean(values), std::nullopt, static_cast<int64_t>(values.size())};
  if (values.size() < 2) return result;
  double squares = 0.0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.sd = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return result;
}

}  // namespace reconcile
