#pragma once

#include "reconcile/data/dataset.h"
#include "reconcile/metrics/improvement.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// Metrics of every task over a whole data set, in evaluation mode, in batches of `batch_size`; the values do not
/// depend on it but for rounding. Leaves the model in training mode.
TaskMetrics evaluate(MultiTaskModel& model, const Dataset& data, int64_t batch_size);

/// {task: {metric: value}}.
Json to_json(const TaskMetrics& metrics);

/// Mean of the criteria over the tasks, each turned so that higher is better: what "best epoch" means.
double validation_score(const TaskSet& tasks, const TaskMetrics& metrics);

/// How well each task does, [T]: the geometric mean of its criteria, each turned so that higher is better.
std::vector<double> achievements(const TaskSet& tasks, const TaskMetrics& metrics);

}  // namespace reconcile
