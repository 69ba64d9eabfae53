#include "reconcile/convert/rules.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/convert/grouping.h"
#include "reconcile/convert/legacy_permutation.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;
using Wishes = std::vector<Wish>;

/// The options of all rules; each rule takes the keys that it names.
struct RuleOptions {
  int64_t k = 0;
  int64_t min_score = 1;
  int64_t parameters = 0;
  double factor = 1.5;
  double mac_limit = 0.0;
  int64_t seed = 0;
  std::string match = "within";
  int64_t groups = 0;
  double cut = 1.0;
  bool consistent = true;
};

/// What a rule chooses from.
struct Choice {
  const std::string& rule;
  const LayerRanking& ranking;
  MultiTaskModel& model;
  const std::vector<int64_t>& input_shape;
  RuleOptions options;
  const SplitPlan& base;
  TaskGrouper grouper;

  [[nodiscard]] Names network() const {
    Names names;
    for (const auto& copy : grouper.copies()) names.push_back(copy.name);
    return names;
  }
  [[nodiscard]] Names ranked() const {
    Names names;
    for (const auto& row : ranking.layers) names.push_back(row.layer);
    return names;
  }
  [[nodiscard]] SplitPlan plan(const Wishes& wishes) const { return grouper.plan(wishes, base); }
  /// Scalars that the wishes add.
  [[nodiscard]] int64_t added(const Wishes& wishes) const {
    return added_parameters(plan(wishes), model) - added_parameters(base, model);
  }
  [[nodiscard]] double macs(const Wishes& wishes) const {
    return static_cast<double>(measure_cost(model, plan(wishes), input_shape).macs);
  }
};

Wishes wishes_for(const Names& copies) {
  Wishes wishes;
  for (const auto& copy : copies) wishes.push_back({copy});
  return wishes;
}

Wishes first_k(const Choice& choice, Names names) {
  const int64_t k = choice.options.k;
  if (k > static_cast<int64_t>(names.size())) {
    fail<InvalidArgument>("plan rule \"{}\": k = {}, the network has only {} layers.", choice.rule, k, names.size());
  }
  names.resize(static_cast<size_t>(k));
  return wishes_for(names);
}

/// Takes copies in the given order while `fits` allows what has been taken; one that does not fit is passed over.
template <class Fits>
Wishes take_while_fitting(const Names& order, Fits fits) {
  Wishes taken;
  for (const auto& copy : order) {
    taken.push_back({copy});
    if (!fits(taken)) taken.pop_back();
  }
  return taken;
}

Wishes within_budget(const Choice& choice, const Names& order, int64_t budget) {
  return take_while_fitting(order, [&](const Wishes& wishes) { return choice.added(wishes) <= budget; });
}

Names shuffled(const Choice& choice) {
  const Names network = choice.network();
  Names result;
  for (const int64_t i :
       legacy_permutation(static_cast<uint32_t>(choice.options.seed), static_cast<int64_t>(network.size()))) {
    result.push_back(network[i]);
  }
  return result;
}

Wishes top_k(const Choice& choice) { return first_k(choice, choice.ranked()); }

Wishes threshold(const Choice& choice) {
  Wishes chosen;
  for (const auto& row : choice.ranking.layers) {
    if (row.score >= choice.options.min_score) chosen.push_back({row.layer});
  }
  return chosen;
}

Wishes parameter_budget(const Choice& choice) {
  return within_budget(choice, choice.ranked(), choice.options.parameters);
}

Wishes mac_budget(const Choice& choice) {
  const double limit = choice.options.factor * choice.macs({});
  return take_while_fitting(choice.ranked(), [&](const Wishes& wishes) { return choice.macs(wishes) <= limit; });
}

/// Every copy by rank, in the finest groups that still fit into both budgets. Costs rise with the number of groups, so
/// the finest is found by halving.
Wishes grouped_budget(const Choice& choice) {
  const int64_t parameters = choice.options.parameters;
  const double factor = choice.options.mac_limit;
  const double most_macs = factor * choice.macs({});
  const auto fits = [&](const Wishes& wishes) {
    return (parameters == 0 || choice.added(wishes) <= parameters) && (factor == 0 || choice.macs(wishes) <= most_macs);
  };
  Wishes taken;
  for (const auto& copy : choice.ranked()) {
    int64_t good = 1;
    int64_t bad = choice.grouper.num_groups({copy}) + 1;
    for (int64_t n = bad - 1; bad - good > 1; n = (good + bad) / 2) {
      taken.push_back({copy, n});
      (fits(taken) ? good : bad) = n;
      taken.pop_back();
    }
    if (good > 1) taken.push_back({copy, good});
  }
  return taken;
}

Wishes random(const Choice& choice) { return first_k(choice, shuffled(choice)); }

Wishes random_matched(const Choice& choice) {
  const int64_t budget = choice.options.parameters > 0 ? choice.options.parameters : choice.added(top_k(choice));
  const Names order = shuffled(choice);
  if (choice.options.match == "within") return within_budget(choice, order, budget);
  Wishes chosen;
  while (choice.added(chosen) <= budget && chosen.size() < order.size()) chosen.push_back({order[chosen.size()]});
  return chosen;
}

Wishes first(const Choice& choice) { return first_k(choice, choice.network()); }

Wishes last(const Choice& choice) {
  Names names = choice.network();
  std::reverse(names.begin(), names.end());
  return first_k(choice, names);
}

Wishes batch_norm(const Choice& choice) {
  Wishes chosen;
  for (const auto& copy : choice.grouper.copies()) {
    if (choice.model.layer(copy.layer)->has_statistics()) chosen.push_back({copy.name});
  }
  return chosen;
}

Wishes all(const Choice& choice) { return wishes_for(choice.network()); }
Wishes none(const Choice& /*choice*/) { return {}; }

struct Rules {
  PlanRule described;
  OptionTable<RuleOptions> table;
  bool needs_ranking;
  Wishes (*choose)(const Choice&);
};

const std::vector<Rules>& rules() {
  using O = RuleOptions;
  const auto k = option("k", &O::k, at_least(0), "number of layers");
  const auto parameters = option("parameters", &O::parameters, at_least(0), "scalars that may be added");
  const auto seed = option("seed", &O::seed, at_least(0), "seed of NumPy's legacy generator");
  const auto groups = option("groups", &O::groups, at_least(0),
                             "at most so many copies of a layer, for groups of tasks that agree; 0: no limit");
  const auto cut = option("cut", &O::cut, between(-1, 1),
                          "tasks share a copy while the mean cosine between their groups is above this; 1: never");
  const auto consistent = option("consistent", &O::consistent, any(),
                                 "groups of all layers come from one tree and get no coarser along the depth");
  const auto row = [](const char* name, const char* title, OptionTable<O> table, bool needs_ranking, auto choose) {
    return Rules{{{name, title, ""}, table.describe()}, table, needs_ranking, choose};
  };
  static const std::vector<Rules> all_rules = {
      row("top_k", "the K layers with the highest scores, whatever their size", {k, groups, cut, consistent}, true,
          &top_k),
      row("threshold", "all layers with at least this score",
          {option("min_score", &O::min_score, at_least(0), "lowest score"), groups, cut, consistent}, true, &threshold),
      row("parameter_budget", "highest scores first; a layer that does not fit is passed over",
          {parameters, groups, cut, consistent}, true, &parameter_budget),
      row("mac_budget", "highest scores first while the forward pass stays affordable",
          {option("factor", &O::factor, at_least(1), "multiply-accumulates against the shared network"), groups, cut,
           consistent},
          true, &mac_budget),
      row("grouped_budget", "highest scores first, each layer in the finest groups that still fit both budgets",
          {option("parameters", &O::parameters, at_least(0), "scalars that may be added; 0: no limit"),
           option("factor", &O::mac_limit, at_least(0), "multiply-accumulates against the shared network; 0: no limit"),
           groups, cut, consistent},
          true, &grouped_budget),
      row("random", "control: K random layers", {k, seed}, false, &random),
      row("random_matched", "control: random layers of the parameter size of the top K",
          {k, parameters, seed,
           option("match", &O::match, one_of({"within", "recon"}),
                  "within: stays inside the budget; recon: stops at the first layer that exceeds it, as the paper's "
                  "control did")},
          true, &random_matched),
      row("first", "control: the first K layers", {k}, false, &first),
      row("last", "control: the last K layers", {k}, false, &last),
      row("batch_norm", "control: every batch norm, nothing else", {}, false, &batch_norm),
      row("all", "every layer: one network for each task", {}, false, &all),
      row("none", "nothing: the shared network", {}, false, &none),
  };
  return all_rules;
}

const Rules& find_rule(const std::string& name) {
  Names names;
  for (const auto& rule : rules()) {
    if (rule.described.info.name == name) return rule;
    names.push_back(rule.described.info.name);
  }
  fail<InvalidArgument>("no plan rule \"{}\".{} Known: {}.", name, did_you_mean(name, names), fmt::join(names, ", "));
}

/// The rule that looks for groups has them on: then the finest are one for each task.
Grouping grouping_of(const std::string& rule, const RuleOptions& options, int64_t num_tasks) {
  const int64_t most = rule == "grouped_budget" && options.groups == 0 ? num_tasks : options.groups;
  return {most, options.cut, options.consistent};
}

Names run_order(MultiTaskModel& model, const std::vector<int64_t>& input_shape) {
  Names names;
  for (const auto& call : model.trace(input_shape)) names.push_back(call.layer->name());
  return names;
}

/// What the rule in `text` chooses from, with its options.
Choice make_choice(const Spec& spec, const Rules& rule, const LayerRanking& ranking, MultiTaskModel& model,
                   const std::vector<int64_t>& input_shape, const SplitPlan& base) {
  const auto where = [&](const std::string& key) { return fmt::format("plan rule \"{}\": {}", spec.name, key); };
  const RuleOptions options = rule.table.parse(spec.options, where);
  const std::string plan = fmt::format("plan \"{}\"", spec.text());
  auto copies = rankable_copies(model, base, ranking, plan);
  if (rule.needs_ranking && ranking.layers.empty()) require_fits(ranking, {copies.front().layer}, plan);
  TaskGrouper grouper(grouping_of(spec.name, options, model.num_tasks()), ranking, std::move(copies),
                      model.task_names(), run_order(model, input_shape), plan);
  return {rule.described.info.name, ranking, model, input_shape, options, base, std::move(grouper)};
}

}  // namespace

const std::vector<PlanRule>& plan_rules() {
  static const std::vector<PlanRule> described = [] {
    std::vector<PlanRule> result;
    for (const auto& rule : rules()) result.push_back(rule.described);
    return result;
  }();
  return described;
}

SplitPlan choose_layers(const std::string& text, const LayerRanking& ranking, MultiTaskModel& model,
                        const std::vector<int64_t>& input_shape, const SplitPlan& base) {
  const Spec spec = Spec::parse(text);
  const Rules& rule = find_rule(spec.name);
  const Choice choice = make_choice(spec, rule, ranking, model, input_shape, base);
  SplitPlan plan = choice.plan(rule.choose(choice));
  set_copies(model, {});
  plan.rule = combine(base, {spec.text(), {}}).rule;
  return plan;
}

std::vector<CostRow> cost_table(const std::string& text, const LayerRanking& ranking, MultiTaskModel& model,
                                const std::vector<int64_t>& input_shape, const SplitPlan& base) {
  const Spec spec = Spec::parse(text);
  const Choice choice = make_choice(spec, find_rule(spec.name), ranking, model, input_shape, base);
  Wishes wishes;
  std::vector<CostRow> table{{"", measure_cost(model, base, input_shape)}};
  for (const auto& row : ranking.layers) {
    wishes.push_back({row.layer});
    table.push_back({row.layer, measure_cost(model, choice.plan(wishes), input_shape)});
  }
  set_copies(model, {});
  return table;
}

}  // namespace reconcile
