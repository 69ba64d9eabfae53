#pragma once

#include <string>
#include <vector>

#include "reconcile/conflict/ranking.h"
#include "reconcile/convert/cost.h"

namespace reconcile {

/// A way to choose layers, as `reconcile describe` shows it.
struct PlanRule {
  EntryInfo info;
  Json options;
};
/// All rules: top_k, threshold, parameter_budget, mac_budget, grouped_budget, random, random_matched, first, last,
/// batch_norm, all, none.
const std::vector<PlanRule>& plan_rules();

/// Chooses the layers by the rule that `spec` names: one copy for each task, or for each group of tasks where the rule
/// says so. What it chooses comes on top of `base`, and the ranking may be one of the network that `base` makes; its
/// copies `conv1#1` are then split further. The model must be shared, and is left as it was. InvalidArgument for an
/// unknown rule, a wrong option or K above the number of layers; StateError if the ranking does not fit, or has no
/// cosines and groups are asked for. Rules that use scores need the ranking; the others ignore it.
SplitPlan choose_layers(const std::string& spec, const LayerRanking& ranking, MultiTaskModel& model,
                        const std::vector<int64_t>& input_shape, const SplitPlan& base = {});

/// Cost with the best k of the ranking split, for k = 0 ... L; row k names the k-th. Base and groups are those of the
/// rule that `spec` names, each task alone where it has none. Throws what `choose_layers` throws.
struct CostRow {
  std::string layer;
  Cost cost;
};
std::vector<CostRow> cost_table(const std::string& spec, const LayerRanking& ranking, MultiTaskModel& model,
                                const std::vector<int64_t>& input_shape, const SplitPlan& base = {});

}  // namespace reconcile
