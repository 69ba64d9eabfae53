#include <fmt/ranges.h>

#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/catalog/run.h"
#include "reconcile/commands.h"
#include "reconcile/progress.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/profile.h"

namespace reconcile::tool {
namespace {

struct TrainArguments {
  ExperimentArguments experiment;
  OutputArguments output;
  std::string plan;
  std::optional<int64_t> seed;
  bool profile = false;
};

/// The seeds that are trained: those of the experiment, or the one that was asked for.
std::vector<int64_t> chosen_seeds(const Experiment& experiment, std::optional<int64_t> seed) {
  const auto& seeds = experiment.seeds;
  if (!seed) return seeds;
  if (std::find(seeds.begin(), seeds.end(), *seed) == seeds.end()) {
    fail<InvalidArgument>("--seed {}: the experiment has the seeds {}. Choose one of them, or change `seeds`.", *seed,
                          fmt::join(seeds, ", "));
  }
  return {*seed};
}

void train_one(const TrainArguments& arguments) {
  const Experiment experiment = arguments.experiment.read();
  const std::vector<int64_t> seeds = chosen_seeds(experiment, arguments.seed);
  const DataSplits data = load_data(experiment, experiment.task);
  arguments.output.prepare(experiment);
  RunChoice choice{.kind = "train", .method = experiment.method, .task = experiment.task};
  if (!arguments.plan.empty()) {
    choice.plan =
        read_plan(arguments.plan, *make_model(experiment, data_signature(experiment), experiment.seeds.front()));
  }
  for (const int64_t seed : seeds) {
    choice.seed = seed;
    const std::string name = fmt::format("seed-{}", seed);
    Progress progress(name, data.train->tasks());
    const auto directory = std::filesystem::path(arguments.output.directory) / name;
    const Json run = train_run(experiment, choice, data, directory, progress, stop_requested);
    if (run.is_null()) throw Interrupted{};
    for (const auto& [task, values] : run.at("last").items()) {
      fmt::print("seed {} {}: {}\n", seed, task, report::metric_words(values));
    }
    if (arguments.profile && run.contains("profile")) fmt::print("{}", report::profile_text(run.at("profile")));
  }
}

}  // namespace

void add_train(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("train", "train one network, shared or split by a plan, once for each seed");
  auto arguments = std::make_shared<TrainArguments>();
  arguments->experiment.add_to(*verb);
  arguments->output.add_to(*verb);
  verb->add_option("--plan", arguments->plan, "plan file of `reconcile plan`; the copies are made before training");
  verb->add_option("--seed", arguments->seed, "only this one of the experiment's seeds");
  verb->add_flag("--profile", arguments->profile, "print where the time of a step went, at the end of each run");
  verb->callback([arguments] { train_one(*arguments); });
}

}  // namespace reconcile::tool
