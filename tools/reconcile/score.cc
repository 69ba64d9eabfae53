#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/commands.h"
#include "reconcile/conflict/ranking.h"
#include "reconcile/conflict/task_groups.h"
#include "reconcile/convert/plan.h"
#include "reconcile/groups_text.h"

namespace reconcile::tool {
namespace {

struct ScoreArguments {
  std::string run;
  double threshold = -0.1;
  EpochWindow window;
  std::string out;
  std::string compare;
  std::optional<int64_t> groups;
  bool json = false;
};

/// The tasks of a layer in groups that agree best, and the highest mean cosine between two of these.
struct LayerGroups {
  Partition groups;
  double between = 0.0;
};

LayerGroups groups_of(const RankedLayer& layer, int64_t num_tasks, int64_t count) {
  const TaskTree tree(layer.cosines, num_tasks);
  return {tree.groups(count), tree.joins()[static_cast<size_t>(num_tasks - count)].cosine};
}

/// Throws unless the layers' tasks can be put into so many groups.
void check_groups(const LayerRanking& ranking, int64_t count) {
  if (ranking.tasks.empty()) {
    fail<DataError>("this run recorded no mean cosines; an older version wrote it. Train it again to see groups.");
  }
  if (count < 2 || count > static_cast<int64_t>(ranking.tasks.size())) {
    fail<InvalidArgument>("--groups = {}, must lie between 2 and the number of tasks, {}.", count,
                          ranking.tasks.size());
  }
}

void print_rows(const LayerRanking& ranking, const std::optional<int64_t>& count) {
  fmt::print("{:>4} {:>8}  {}\n", "rank", "score", count ? "layer                  between  groups" : "layer");
  const auto num_tasks = static_cast<int64_t>(ranking.tasks.size());
  for (size_t i = 0; i < ranking.layers.size(); ++i) {
    const RankedLayer& layer = ranking.layers[i];
    fmt::print("{:>4} {:>8}  ", i + 1, layer.score);
    if (!count) {
      fmt::print("{}\n", layer.layer);
      continue;
    }
    const auto [groups, between] = groups_of(layer, num_tasks, *count);
    fmt::print("{:<22} {:>7.3f}  {}\n", layer.layer, between, groups_text(groups, ranking.tasks));
  }
}

void score(const ScoreArguments& arguments) {
  const std::filesystem::path run = arguments.run;
  const auto records = std::filesystem::is_directory(run) ? read_run_records(run) : read_json_lines(run);
  const LayerRanking ranking = rank_layers(records, arguments.threshold, arguments.window);
  Json document = ranking_to_json(ranking, {{"run", arguments.run},
                                            {"threshold", arguments.threshold},
                                            {"first_epoch", arguments.window.first},
                                            {"last_epoch", arguments.window.last}});
  if (!arguments.out.empty()) write_json(arguments.out, document);
  if (!arguments.compare.empty()) document["distance"] = ranking_distance(ranking, read_ranking(arguments.compare));
  if (arguments.groups) {
    check_groups(ranking, *arguments.groups);
    const auto num_tasks = static_cast<int64_t>(ranking.tasks.size());
    for (size_t i = 0; i < ranking.layers.size(); ++i) {
      const auto [groups, between] = groups_of(ranking.layers[i], num_tasks, *arguments.groups);
      document["layers"][i]["groups"] = layer_to_json("", groups, ranking.tasks).at("groups");
      document["layers"][i]["between"] = between;
    }
  }
  if (arguments.json) return print(document);
  print_rows(ranking, arguments.groups);
  if (!arguments.compare.empty()) {
    fmt::print("mean displacement against {}: {:.2f} places\n", arguments.compare,
               document.at("distance").get<double>());
  }
}

}  // namespace

void add_score(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("score", "rank the layers of a recorded run by their S-conflict scores");
  auto arguments = std::make_shared<ScoreArguments>();
  verb->add_option("run", arguments->run, "folder of a run, or its run.jsonl")->required();
  verb->add_option("--threshold", arguments->threshold, "S: count cosines below it")->capture_default_str();
  verb->add_option("--first-epoch", arguments->window.first, "first epoch that counts")->capture_default_str();
  verb->add_option("--last-epoch", arguments->window.last, "last epoch that counts; 0 is the last recorded")
      ->capture_default_str();
  verb->add_option("--out", arguments->out, "write the ranking to this file");
  verb->add_option("--compare", arguments->compare, "another ranking: print the mean displacement");
  verb->add_option("--groups", arguments->groups,
                   "also show each layer's tasks in so many groups that agree best, and the mean cosine between these");
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { score(*arguments); });
}

}  // namespace reconcile::tool
