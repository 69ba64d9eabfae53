#pragma once

#include "reconcile/convert/plan.h"

namespace reconcile {

/// Whose running statistics a shared batch norm keeps behind a fork: one mixed set that every stream updates in task
/// order (Recon's code), or one for each stream.
enum class Statistics { kMixed, kStream };

/// Gives every layer of the plan its copies. With equal copies the outputs of the model do not change by a bit; fresh
/// ones are drawn from `rng`, layer by layer and group by group. StateError if a layer is unknown or split already.
void convert(MultiTaskModel& model, const SplitPlan& plan, CopyInit init, Statistics statistics,
             const std::vector<int64_t>& input_shape, const Rng& rng);

}  // namespace reconcile
