#pragma once

#include <string>

#include "reconcile/report/field.h"
#include "reconcile/report/records.h"
#include "reconcile/report/table.h"

/// Where the time of a training step goes.
namespace reconcile::report {

/// The `profile` of a record. DataError names what is wrong with it.
StepTimes read_profile(const Field& profile);

/// A line a phase, in milliseconds a step and as a share; up to eight tasks have their backward passes listed.
Table profile_table(const StepTimes& times);

/// The same for a terminal, from the `profile` of a run.
std::string profile_text(const Json& profile);

}  // namespace reconcile::report
