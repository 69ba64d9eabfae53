#pragma once

#include "reconcile/train/loop.h"

namespace reconcile {

/// InvalidArgument with the key if a job's options do not fit its data, or each other.
void check_job(const TrainJob& job);

}  // namespace reconcile
