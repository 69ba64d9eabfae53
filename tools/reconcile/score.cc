#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/commands.h"
#include "reconcile/conflict/ranking.h"
#include "reconcile/conflict/task_groups.h"
#include "reconcile/convert/plan.h"
#include "reconcile/groups_text.h"

namespace reconcile::tool {
namespace {

struct Arguments {
  std::string run;
  double threshold = -0.1;
  EpochWindow window;
  std::string out;
  std::string compare;
  bool groups = false;
  bool json = false;
};

/// The tasks of a layer in groups that agree on average: joined while the mean cosine between them is above 0.
Partition agreeing_groups(const RankedLayer& row, const LayerRanking& ranking) {
  const TaskTree tree(row.cosines, static_cast<int64_t>(ranking.tasks.size()));
  return tree.groups(tree.num_groups(0, 0.0));
}

void add_groups(const LayerRanking& ranking, Json& document) {
  if (ranking.tasks.empty()) {
    fail<DataError>("this run recorded no mean cosines; an older version wrote it. Train it again to see groups.");
  }
  for (size_t i = 0; i < ranking.layers.size(); ++i) {
    const Partition groups = agreeing_groups(ranking.layers[i], ranking);
    document["layers"][i]["groups"] = layer_to_json("", groups, ranking.tasks).at("groups");
  }
}

void score(const Arguments& arguments) {
  std::filesystem::path log = arguments.run;
  if (std::filesystem::is_directory(log)) log /= "run.jsonl";
  const LayerRanking ranking = rank_layers(read_json_lines(log), arguments.threshold, arguments.window);
  Json document = ranking_to_json(ranking, {{"run", arguments.run},
                                            {"threshold", arguments.threshold},
                                            {"first_epoch", arguments.window.first},
                                            {"last_epoch", arguments.window.last}});
  if (!arguments.out.empty()) write_atomically(arguments.out, document.dump(1) + "\n");
  if (!arguments.compare.empty()) document["distance"] = ranking_distance(ranking, read_ranking(arguments.compare));
  if (arguments.groups) add_groups(ranking, document);
  if (arguments.json) return print(document);
  fmt::print("{:>4} {:>8}  {}\n", "rank", "score", arguments.groups ? "layer                   groups" : "layer");
  for (size_t i = 0; i < ranking.layers.size(); ++i) {
    const auto& row = ranking.layers[i];
    if (!arguments.groups) {
      fmt::print("{:>4} {:>8}  {}\n", i + 1, row.score, row.layer);
    } else {
      fmt::print("{:>4} {:>8}  {:<22}  {}\n", i + 1, row.score, row.layer,
                 groups_text(agreeing_groups(row, ranking), ranking.tasks));
    }
  }
  if (!arguments.compare.empty()) {
    fmt::print("mean displacement against {}: {:.2f} places\n", arguments.compare,
               document.at("distance").get<double>());
  }
}

}  // namespace

void add_score(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("score", "rank the layers of a recorded run by their S-conflict scores");
  auto arguments = std::make_shared<Arguments>();
  verb->add_option("run", arguments->run, "folder of a run, or its run.jsonl")->required();
  verb->add_option("--threshold", arguments->threshold, "S: count cosines below it")->capture_default_str();
  verb->add_option("--first-epoch", arguments->window.first, "first epoch that counts")->capture_default_str();
  verb->add_option("--last-epoch", arguments->window.last, "last epoch that counts; 0 is the last recorded")
      ->capture_default_str();
  verb->add_option("--out", arguments->out, "write the ranking to this file");
  verb->add_option("--compare", arguments->compare, "another ranking: print the mean displacement");
  verb->add_flag("--groups", arguments->groups, "also show which tasks agree in each layer (mean cosine above 0)");
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { score(*arguments); });
}

}  // namespace reconcile::tool
