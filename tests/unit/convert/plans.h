#pragma once

#include "reconcile/convert/convert.h"

namespace reconcile {

/// These layers, each split into the same groups.
inline SplitPlan plan_of(const std::vector<std::string>& layers, const Partition& groups) {
  SplitPlan plan{"test", {}};
  for (const auto& layer : layers) plan.layers.emplace_back(layer, groups);
  return plan;
}

/// Splits these layers into one copy a task, all with the shared values.
inline void split_equal(MultiTaskModel& model, const std::vector<std::string>& layers,
                        const std::vector<int64_t>& input_shape, Statistics statistics = Statistics::kMixed) {
  convert(model, plan_of(layers, Partition::separate(model.num_tasks())), CopyInit::kEqual, statistics, input_shape,
          Rng(5));
}

}  // namespace reconcile
