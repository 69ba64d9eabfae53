#include "reconcile/convert/plan.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/text.h"
#include "reconcile/convert/cost.h"
#include "reconcile/convert/legacy_permutation.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

/// The options of all rules; each rule takes the keys that it names.
struct RuleOptions {
  int64_t k = 0;
  int64_t min_score = 1;
  int64_t parameters = 0;
  double factor = 1.5;
  int64_t seed = 0;
  std::string match = "within";
};

/// What a rule chooses from.
struct Choice {
  const std::string& rule;
  const LayerRanking& ranking;
  MultiTaskModel& model;
  const std::vector<int64_t>& input_shape;
  RuleOptions options;

  [[nodiscard]] Names network() const {
    Names names;
    for (const auto& layer : model.layers()) names.push_back(layer->name());
    return names;
  }
  [[nodiscard]] Names ranked() const {
    Names names;
    for (const auto& row : ranking) names.push_back(row.layer);
    return names;
  }
  /// Scalars that a split of the layer adds.
  [[nodiscard]] int64_t added(const std::string& layer) const {
    return model.layer(layer)->num_parameters() * (model.num_tasks() - 1);
  }
};

Names first_k(const Choice& choice, Names names) {
  const int64_t k = choice.options.k;
  if (k > static_cast<int64_t>(names.size())) {
    fail<InvalidArgument>("plan rule \"{}\": k = {}, the network has only {} layers.", choice.rule, k, names.size());
  }
  names.resize(static_cast<size_t>(k));
  return names;
}

/// Layers in the given order; one that would break the budget is passed over.
Names within_budget(const Choice& choice, const Names& order, int64_t budget) {
  Names chosen;
  for (const auto& layer : order) {
    if (choice.added(layer) > budget) continue;
    budget -= choice.added(layer);
    chosen.push_back(layer);
  }
  return chosen;
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

Names top_k(const Choice& choice) { return first_k(choice, choice.ranked()); }

Names threshold(const Choice& choice) {
  Names chosen;
  for (const auto& [layer, score] : choice.ranking) {
    if (score >= choice.options.min_score) chosen.push_back(layer);
  }
  return chosen;
}

Names parameter_budget(const Choice& choice) {
  return within_budget(choice, choice.ranked(), choice.options.parameters);
}

Names mac_budget(const Choice& choice) {
  const auto macs = [&] { return static_cast<double>(measure_cost(choice.model, choice.input_shape).macs); };
  const double limit = choice.options.factor * macs();
  Names chosen;
  for (const auto& name : choice.ranked()) {
    Layer* layer = choice.model.layer(name);
    layer->split(Partition::separate(choice.model.num_tasks()), CopyInit::kEqual, Rng(0));
    if (macs() <= limit) {
      chosen.push_back(name);
    } else {
      layer->share();
    }
  }
  for (const auto& name : chosen) choice.model.layer(name)->share();
  return chosen;
}

Names random(const Choice& choice) { return first_k(choice, shuffled(choice)); }

Names random_matched(const Choice& choice) {
  int64_t budget = choice.options.parameters;
  if (budget == 0) {
    for (const auto& layer : top_k(choice)) budget += choice.added(layer);
  }
  const Names order = shuffled(choice);
  if (choice.options.match == "within") return within_budget(choice, order, budget);
  Names chosen;
  for (int64_t total = 0; total <= budget && chosen.size() < order.size(); total += choice.added(chosen.back())) {
    chosen.push_back(order[chosen.size()]);
  }
  return chosen;
}

Names first(const Choice& choice) { return first_k(choice, choice.network()); }

Names last(const Choice& choice) {
  Names names = choice.network();
  std::reverse(names.begin(), names.end());
  return first_k(choice, names);
}

Names batch_norm(const Choice& choice) {
  Names chosen;
  for (const auto& layer : choice.model.layers()) {
    if (layer->has_statistics()) chosen.push_back(layer->name());
  }
  return chosen;
}

Names all(const Choice& choice) { return choice.network(); }
Names none(const Choice& /*choice*/) { return {}; }

struct Rules {
  PlanRule described;
  OptionTable<RuleOptions> table;
  bool needs_ranking;
  Names (*choose)(const Choice&);
};

const std::vector<Rules>& rules() {
  using O = RuleOptions;
  const auto k = option("k", &O::k, at_least(0), "number of layers");
  const auto parameters = option("parameters", &O::parameters, at_least(0), "scalars that may be added");
  const auto seed = option("seed", &O::seed, at_least(0), "seed of NumPy's legacy generator");
  const auto row = [](const char* name, const char* title, OptionTable<O> table, bool needs_ranking, auto choose) {
    return Rules{{{name, title, ""}, table.describe()}, table, needs_ranking, choose};
  };
  static const std::vector<Rules> all_rules = {
      row("top_k", "the K layers with the highest scores, whatever their size", {k}, true, &top_k),
      row("threshold", "all layers with at least this score",
          {option("min_score", &O::min_score, at_least(0), "lowest score")}, true, &threshold),
      row("parameter_budget", "highest scores first; a layer that does not fit is passed over", {parameters}, true,
          &parameter_budget),
      row("mac_budget", "highest scores first while the forward pass stays affordable",
          {option("factor", &O::factor, at_least(1), "multiply-accumulates against the shared network")}, true,
          &mac_budget),
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

/// The tasks' numbers for their names; `where` is for the message.
std::vector<int64_t> task_numbers(const Names& given, const Names& known, const std::string& where) {
  std::vector<int64_t> numbers;
  for (const auto& name : given) {
    const auto place = std::find(known.begin(), known.end(), name);
    if (place == known.end())
      fail<StateError>("{}: the network has no task \"{}\".{}", where, name, did_you_mean(name, known));
    numbers.push_back(place - known.begin());
  }
  return numbers;
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
                        const std::vector<int64_t>& input_shape) {
  const Spec spec = Spec::parse(text);
  const Rules& rule = find_rule(spec.name);
  const auto where = [&](const std::string& key) { return fmt::format("plan rule \"{}\": {}", spec.name, key); };
  const Choice choice{spec.name, ranking, model, input_shape, rule.table.parse(spec.options, where)};
  if (rule.needs_ranking || !ranking.empty()) require_fits(ranking, choice.network(), fmt::format("plan \"{}\"", text));
  SplitPlan plan{spec.text(), {}};
  for (const auto& layer : rule.choose(choice)) {
    plan.layers.emplace_back(layer, Partition::separate(model.num_tasks()));
  }
  return plan;
}

Json plan_to_json(const SplitPlan& plan, const Names& task_names) {
  Json layers = Json::array();
  for (const auto& [name, partition] : plan.layers) {
    Json groups = Json::array();
    for (const auto& tasks : partition.groups()) {
      Json group = Json::array();
      for (const int64_t t : tasks) group.push_back(task_names[t]);
      groups.push_back(std::move(group));
    }
    layers.push_back({{"name", name}, {"groups", std::move(groups)}});
  }
  return {{"format", "reconcile-plan"}, {"version", 1}, {"rule", plan.rule}, {"layers", std::move(layers)}};
}

SplitPlan read_plan(const std::filesystem::path& path, const MultiTaskModel& model) {
  const Json json = Json::parse(read_file(path), nullptr, false);
  try {
    if (!json.is_object() || json.value("format", "") != "reconcile-plan")
      throw std::invalid_argument("no format field");
    SplitPlan plan{json.at("rule").get<std::string>(), {}};
    for (const auto& row : json.at("layers")) {
      std::vector<std::vector<int64_t>> groups;
      for (const auto& group : row.at("groups")) {
        groups.push_back(task_numbers(group.get<Names>(), model.task_names(), path.string()));
      }
      const auto name = row.at("name").get<std::string>();
      if (model.layer(name) == nullptr) fail<StateError>("{}: the network has no layer \"{}\".", path.string(), name);
      plan.layers.emplace_back(name, Partition::from_groups(groups));
    }
    return plan;
  } catch (const Json::exception& error) {
    fail<DataError>("{}: not a plan ({}). Make one with `reconcile plan`.", path.string(), error.what());
  } catch (const std::invalid_argument& error) {
    fail<DataError>("{}: not a plan ({}). Make one with `reconcile plan`.", path.string(), error.what());
  }
}

}  // namespace reconcile
