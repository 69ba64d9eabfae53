#pragma once

#include "reconcile/data/dataset.h"
#include "reconcile/metrics/improvement.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// Metrics of every task over a whole data set, in evaluation mode, in batches of `batch_size`; the values do not
/// depend on it but for rounding. Leaves the model in training mode.
TaskMetrics evaluate(MultiTaskModel& model, const Dataset& data, int64_t batch_size);

}  // namespace reconcile
