#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/json_file.h"
#include "reconcile/commands.h"
#include "reconcile/convert/forks.h"
#include "reconcile/convert/rules.h"
#include "reconcile/groups_text.h"

namespace reconcile::tool {
namespace {

struct PlanArguments {
  ExperimentArguments experiment;
  std::string ranking;
  std::string rule;
  std::string with;
  std::optional<int64_t> top_k;
  std::string out;
  bool json = false;
};

std::string cost_line(const Cost& cost, const Cost& shared) {
  return fmt::format("{:>11} {:>9.3f} {:>14} {:>6.2f}x  {}", cost.parameters, cost.megabytes, cost.macs,
                     static_cast<double>(cost.macs) / static_cast<double>(shared.macs), cost.fork.value_or("-"));
}

void print_table(const std::vector<CostRow>& table, const Cost& shared) {
  fmt::print("{:>4} {:>11} {:>9} {:>14} {:>7}  {:<22} {}\n", "K", "parameters", "MB", "MACs", "compute", "fork",
             "layer added");
  for (size_t k = 0; k < table.size(); ++k) {
    const auto& [layer, cost] = table[k];
    fmt::print("{:>4} {:>11} {:>9.3f} {:>14} {:>6.2f}x  {:<22} {}\n", k, cost.parameters, cost.megabytes, cost.macs,
               static_cast<double>(cost.macs) / static_cast<double>(shared.macs), cost.fork.value_or("-"), layer);
  }
}

/// The split layers as they run; nothing where every layer has one copy for each task.
void print_forks(const std::vector<Fork>& forks, const std::vector<std::string>& names) {
  const auto num_tasks = static_cast<int64_t>(names.size());
  if (std::all_of(forks.begin(), forks.end(), [&](const Fork& f) { return f.copies.num_groups() == num_tasks; }))
    return;
  fmt::print("\n{:<22} {:>6} {:>7}  groups\n", "split layer", "copies", "streams");
  for (const auto& fork : forks) {
    fmt::print("{:<22} {:>6} {:>7}  {}{}\n", fork.layer, fork.copies.num_groups(), fork.streams,
               groups_text(fork.copies, names), fork.crosses ? "  (crosses)" : "");
  }
  if (std::any_of(forks.begin(), forks.end(), [](const Fork& f) { return f.crosses; })) {
    fmt::print("(crosses): groups that cross those of the split layers before multiply the streams\n");
  }
}

std::string chosen_rule(const PlanArguments& arguments, const Experiment& experiment) {
  if (arguments.top_k) return fmt::format("top_k(k={})", *arguments.top_k);
  return arguments.rule.empty() ? experiment.split.rule : arguments.rule;
}

Json to_json(const SplitPlan& plan, const Cost& cost, const Cost& shared, const std::vector<CostRow>& table,
             const std::vector<Fork>& forks, const std::vector<std::string>& names) {
  Json result = to_json(cost);
  result.update({{"rule", plan.rule},
                 {"split_layers", Json::array()},
                 {"forks", Json::array()},
                 {"shared", to_json(shared)},
                 {"table", Json::array()}});
  for (const auto& [layer, groups] : plan.layers) result["split_layers"].push_back(layer);
  for (const auto& fork : forks) {
    Json row = layer_to_json(fork.layer, fork.copies, names);
    row.update({{"streams", fork.streams}, {"crosses", fork.crosses}});
    result["forks"].push_back(std::move(row));
  }
  for (const auto& row : table) {
    Json entry{{"k", result["table"].size()}, {"layer", row.layer}};
    entry.update(to_json(row.cost));
    result["table"].push_back(std::move(entry));
  }
  return result;
}

void plan(const PlanArguments& arguments) {
  const Experiment experiment = arguments.experiment.read();
  const DataSignature data = data_signature(experiment);
  const auto& shape = data.input_shape;
  const auto model = make_model(experiment, data, experiment.seeds.front());
  const LayerRanking ranking = arguments.ranking.empty() ? LayerRanking{} : read_ranking(arguments.ranking);
  const SplitPlan base = arguments.with.empty() ? SplitPlan{} : read_plan(arguments.with, *model);
  const std::string rule = chosen_rule(arguments, experiment);
  const SplitPlan chosen = choose_layers(rule, ranking, *model, shape, base);
  const Cost shared = measure_cost(*model, shape);
  std::vector<CostRow> table;
  if (!ranking.layers.empty()) table = cost_table(rule, ranking, *model, shape, base);
  const Cost cost = measure_cost(*model, chosen, shape);
  const std::vector<Fork> forks = find_forks(*model, shape);
  const auto names = model->task_names();
  if (!arguments.out.empty()) write_json(arguments.out, plan_to_json(chosen, names));
  if (arguments.json) return print(to_json(chosen, cost, shared, table, forks, names));
  if (!table.empty()) print_table(table, shared);
  print_forks(forks, names);
  fmt::print("\n{:<12} {:>11} {:>9} {:>14} {:>7}  fork\n", "", "parameters", "MB", "MACs", "compute");
  fmt::print("{:<12} {}\n", "shared", cost_line(shared, shared));
  fmt::print("{:<12} {}\n{} layers split by {}\n", "this plan", cost_line(cost, shared), chosen.layers.size(),
             chosen.rule);
}

}  // namespace

void add_plan(CLI::App& app) {
  CLI::App* verb =
      app.add_subcommand("plan", "choose the layers to split and show what each choice costs, before training");
  auto arguments = std::make_shared<PlanArguments>();
  arguments->experiment.add_to(*verb);
  verb->add_option("--ranking", arguments->ranking, "ranking of `reconcile score`, or Recon's {layer: score} JSON");
  auto* rule = verb->add_option("--rule", arguments->rule,
                                "how to choose, e.g. mac_budget(factor=1.5); default: split.rule of the experiment");
  verb->add_option("--top-k", arguments->top_k, "short for --rule top_k(k=K)")->excludes(rule);
  verb->add_option("--with", arguments->with,
                   "start from this plan: the rule's choice comes on top, and the ranking may be of its network");
  verb->add_option("--out", arguments->out, "write the plan to this file");
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { plan(*arguments); });
}

}  // namespace reconcile::tool
