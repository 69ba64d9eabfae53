#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/conflict/ranking.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// Which layers get copies, and which tasks share a copy.
struct SplitPlan {
  std::string rule;  ///< how it was chosen, e.g. "top_k(k=25)"
  std::vector<std::pair<std::string, Partition>> layers;
};

/// A way to choose layers, as `reconcile describe` shows it.
struct PlanRule {
  EntryInfo info;
  Json options;
};
/// All rules: top_k, threshold, parameter_budget, mac_budget, random, random_matched, first, last, batch_norm, all,
/// none.
const std::vector<PlanRule>& plan_rules();

/// Chooses the layers by the rule that `spec` names, one copy for each task. The model is left as it was.
/// InvalidArgument for an unknown rule, a wrong option or K above the number of layers; StateError if the ranking does
/// not fit. Rules that use scores need the ranking; the others ignore it.
SplitPlan choose_layers(const std::string& spec, const LayerRanking& ranking, MultiTaskModel& model,
                        const std::vector<int64_t>& input_shape);

/// {format, version, rule, layers: [{name, groups: [[task ...] ...]}]}.
Json plan_to_json(const SplitPlan& plan, const std::vector<std::string>& task_names);
/// Reads it back. DataError if it is none; StateError naming the first task or layer the model does not have.
SplitPlan read_plan(const std::filesystem::path& path, const MultiTaskModel& model);

}  // namespace reconcile
