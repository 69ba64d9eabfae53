#pragma once

#include "reconcile/data/dataset.h"
#include "reconcile/metrics/improvement.h"
#include "reconcile/models/model.h"
#include "reconcile/train/options.h"

namespace reconcile {

/// Metrics of every task over a whole data set, in evaluation mode, as `options` say; the values do not depend on
/// batches and workers but for rounding. Leaves the model in training mode.
TaskMetrics evaluate(MultiTaskModel& model, const Dataset& data, const TrainOptions& options);

/// What `evaluate` makes its metrics from, one sum a task.
std::vector<MetricSum> measure(MultiTaskModel& model, const Dataset& data, const TrainOptions& options);
/// The metrics of such sums.
TaskMetrics results(const TaskSet& tasks, const std::vector<MetricSum>& sums);
/// {task: [[count]]}, rows are true classes, of the tasks that have such a matrix.
Json confusion_json(const TaskSet& tasks, const std::vector<MetricSum>& sums);

/// {task: {metric: value}}, in the order of `metric_names`.
Json to_json(const TaskSet& tasks, const TaskMetrics& metrics);

/// How well each task does, [T]: the geometric mean of its criteria, each turned so that higher is better (an error
/// counts as its inverse). Criteria that are absent, as no target was known, are left out; 1 if all are.
std::vector<double> achievements(const TaskSet& tasks, const TaskMetrics& metrics);

/// What "best epoch" means: the mean log of the achievements. Units cancel, as they only add a constant: the score
/// rises by the mean over the tasks of their relative gains. Always finite.
double validation_score(const TaskSet& tasks, const TaskMetrics& metrics);

}  // namespace reconcile
