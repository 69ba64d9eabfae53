#pragma once

namespace reconcile {

/// What an aggregator or scalarizer does with T equal tasks: `kSum` gives each the weight it would have alone (a factor
/// the method states), `kMean` 1/T of that. The training step multiplies `kMean` results by T, so that one learning
/// rate fits all methods.
enum class Reduction { kMean, kSum };

}  // namespace reconcile
