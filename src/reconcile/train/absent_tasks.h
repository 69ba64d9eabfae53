#pragma once

#include <vector>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/core/batch.h"
#include "reconcile/core/task.h"

namespace reconcile {

/// The tasks of whose targets nothing is known in the batch; their losses [T] are 0, and only such tasks are looked at.
std::vector<int64_t> absent_tasks(const TaskSet& tasks, const Batch& batch, const std::vector<double>& losses);

/// What the aggregator makes of the rows of all other tasks, as if there were no more: its memory of the absent ones
/// stays as it is. `gradient` [P] and the weights [T] are for all T tasks: where they follow the mean convention, the
/// others' share of it. An absent task has the mean weight of the others, as its row is zero. An aggregator that does
/// not take fewer tasks sees the zero rows. Memory that would begin at this step begins at the next one.
Aggregation aggregate_present(Aggregator& aggregator, const TaskGradients& rows, const std::vector<int64_t>& absent,
                              Rng& rng, at::Tensor& gradient);

}  // namespace reconcile
