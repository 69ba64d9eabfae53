#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/commands.h"
#include "reconcile/convert/cost.h"

namespace reconcile::tool {
namespace {

struct Arguments {
  ExperimentArguments experiment;
  std::string ranking;
  std::string rule;
  std::optional<int64_t> top_k;
  std::string out;
  bool json = false;
};

std::string cost_line(const Cost& cost, const Cost& shared) {
  return fmt::format("{:>11} {:>9.3f} {:>14} {:>6.2f}x  {}", cost.parameters, cost.megabytes, cost.macs,
                     static_cast<double>(cost.macs) / static_cast<double>(shared.macs), cost.fork.value_or("-"));
}

void print_table(const std::vector<CostRow>& table) {
  fmt::print("{:>4} {:>11} {:>9} {:>14} {:>7}  {:<22} {}\n", "K", "parameters", "MB", "MACs", "compute", "fork",
             "layer added");
  for (size_t k = 0; k < table.size(); ++k) {
    const auto& [layer, cost] = table[k];
    fmt::print("{:>4} {:>11} {:>9.3f} {:>14} {:>6.2f}x  {:<22} {}\n", k, cost.parameters, cost.megabytes, cost.macs,
               static_cast<double>(cost.macs) / static_cast<double>(table.front().cost.macs), cost.fork.value_or("-"),
               layer);
  }
}

std::string chosen_rule(const Arguments& arguments, const Experiment& experiment) {
  if (arguments.top_k) return fmt::format("top_k(k={})", *arguments.top_k);
  return arguments.rule.empty() ? experiment.split.rule : arguments.rule;
}

void plan(const Arguments& arguments) {
  const Experiment experiment = arguments.experiment.read();
  const DataSignature data = data_signature(experiment);
  const auto& shape = data.input_shape;
  const auto model = make_model(experiment, data, experiment.seeds.front());
  const LayerRanking ranking = arguments.ranking.empty() ? LayerRanking{} : read_ranking(arguments.ranking);
  const SplitPlan chosen = choose_layers(chosen_rule(arguments, experiment), ranking, *model, shape);
  const Cost shared = measure_cost(*model, shape);
  std::vector<CostRow> table;
  if (!ranking.empty()) table = cost_table(*model, ranking, shape);
  convert(*model, chosen, CopyInit::kEqual, Statistics::kMixed, shape, Rng(0));
  const Cost cost = measure_cost(*model, shape);
  const Json document = plan_to_json(chosen, model->task_names());
  if (!arguments.out.empty()) write_atomically(arguments.out, document.dump(1) + "\n");
  if (arguments.json) {
    Json result = to_json(cost);
    result.update({{"rule", chosen.rule},
                   {"split_layers", Json::array()},
                   {"shared", to_json(shared)},
                   {"table", Json::array()}});
    for (const auto& [layer, groups] : chosen.layers) result["split_layers"].push_back(layer);
    for (const auto& row : table) {
      Json entry{{"k", result["table"].size()}, {"layer", row.layer}};
      entry.update(to_json(row.cost));
      result["table"].push_back(std::move(entry));
    }
    return print(result);
  }
  if (!table.empty()) print_table(table);
  fmt::print("\n{:<12} {:>11} {:>9} {:>14} {:>7}  fork\n", "", "parameters", "MB", "MACs", "compute");
  fmt::print("{:<12} {}\n", "shared", cost_line(shared, shared));
  fmt::print("{:<12} {}\n{} layers split by {}\n", "this plan", cost_line(cost, shared), chosen.layers.size(),
             chosen.rule);
}

}  // namespace

void add_plan(CLI::App& app) {
  CLI::App* verb =
      app.add_subcommand("plan", "choose the layers to split and show what each choice costs, before training");
  auto arguments = std::make_shared<Arguments>();
  arguments->experiment.add_to(*verb);
  verb->add_option("--ranking", arguments->ranking, "ranking of `reconcile score`, or Recon's {layer: score} JSON");
  auto* rule = verb->add_option("--rule", arguments->rule,
                                "how to choose, e.g. mac_budget(factor=1.5); default: split.rule of the experiment");
  verb->add_option("--top-k", arguments->top_k, "short for --rule top_k(k=K)")->excludes(rule);
  verb->add_option("--out", arguments->out, "write the plan to this file");
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { plan(*arguments); });
}

}  // namespace reconcile::tool
