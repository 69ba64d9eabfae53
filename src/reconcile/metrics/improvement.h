#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconcile/core/task.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {

/// Metrics of every task by task name.
using TaskMetrics = std::map<std::string, MetricValues>;

/// Relative improvement over single-task training in percent, higher is better: the relative gains of a task's criteria
/// are averaged inside the task, then over the tasks (Recon, Vandenhende et al.). Absent where a value is missing or a
/// reference is 0.
std::optional<double> delta_m(const TaskSet& tasks, const TaskMetrics& values, const TaskMetrics& single);

/// The other convention in print (CAGrad, Nash-MTL, FAMO): relative loss in percent, lower is better, one mean over all
/// criteria.
std::optional<double> delta_m_flat(const TaskSet& tasks, const TaskMetrics& values, const TaskMetrics& single);

/// Mean and sample standard deviation over seeds.
struct Spread {
  double mean = 0.0;
  std::optional<double> sd;  ///< absent for one value
  int64_t count = 0;
};
/// Of at least one value.
Spread spread(const std::vector<double>& values);

}  // namespace reconcile
