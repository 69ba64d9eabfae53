#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// Which layers get copies, and which tasks share a copy.
struct SplitPlan {
  std::string rule;  ///< how it was chosen, e.g. "top_k(k=25)"
  std::vector<std::pair<std::string, Partition>> layers;

  /// The groups of a layer; all T tasks in one if the plan does not split it.
  [[nodiscard]] Partition partition(const std::string& layer, int64_t num_tasks) const;
};

/// Both plans at once: tasks share a copy of a layer where both let them. Layers in the order of `a`, then of `b`; the
/// rule is "a + b". InvalidArgument if the numbers of tasks differ.
SplitPlan combine(const SplitPlan& a, const SplitPlan& b);

/// Scalars that a plan adds to the shared network.
int64_t added_parameters(const SplitPlan& plan, const MultiTaskModel& model);

/// {name, groups: [[task ...] ...]}.
Json layer_to_json(const std::string& layer, const Partition& groups, const std::vector<std::string>& task_names);
/// {format, version, rule, layers: [{name, groups} ...]}.
Json plan_to_json(const SplitPlan& plan, const std::vector<std::string>& task_names);
/// Reads it back. DataError if it is none; StateError naming the first task or layer that the model does not have, or
/// the first task that is not in exactly one group of a layer.
SplitPlan read_plan(const std::filesystem::path& path, const MultiTaskModel& model);

}  // namespace reconcile
