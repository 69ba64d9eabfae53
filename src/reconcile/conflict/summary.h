#pragma once

#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// What the `conflict` records of a run say of the whole shared vector, all epochs together:
/// {share, severe_share, severe_threshold, histogram, pairs}; null if nothing was recorded. Shares are of (step, pair).
/// InvalidArgument if `severe` is not among the recorded thresholds.
Json summarise_conflicts(const std::vector<Json>& records, double severe);

}  // namespace reconcile
