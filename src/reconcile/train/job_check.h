#pragma once

#include "reconcile/train/loop.h"

namespace reconcile {

/// InvalidArgument with the key if a job's options do not fit its data, or each other.
void check_job(const TrainJob& job);

/// StateError if the run whose checkpoint has this state is not the job's: it had other layers or other data.
void check_resumed(const TrainJob& job, const Json& state);

}  // namespace reconcile
