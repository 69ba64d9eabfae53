#pragma once

#include "reconcile/train/loop.h"

namespace reconcile {

/// The `run` record of docs/formats/records.md, the first line of run.jsonl.
Json run_record(const TrainJob& job, Layout layout, int64_t steps_per_epoch);

}  // namespace reconcile
