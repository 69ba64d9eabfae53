#include "reconcile/arguments.h"
#include "reconcile/base/folder_lock.h"
#include "reconcile/base/json_file.h"
#include "reconcile/commands.h"
#include "reconcile/convert/convert.h"
#include "reconcile/convert/cost.h"
#include "reconcile/groups_text.h"
#include "reconcile/progress.h"

namespace reconcile::tool {
namespace {

struct BranchArguments {
  ExperimentArguments experiment;
  OutputArguments output;
};

/// The found tree as a plan, with its cost against the shared network.
void write_tree(const Experiment& experiment, const DataSignature& data, const BranchingModel& model,
                const std::filesystem::path& path) {
  const SplitPlan plan{"branching", model.tree()};
  const auto plain = make_model(experiment, data, experiment.seeds.front());
  const Cost shared = measure_cost(*plain, data.input_shape);
  convert(*plain, plan, CopyInit::kEqual, Statistics::kMixed, data.input_shape, Rng(0));
  const Cost tree = measure_cost(*plain, data.input_shape);
  write_json(path, plan_to_json(plan, plain->task_names()));
  for (const auto& [layer, groups] : plan.layers) {
    fmt::print("{:<40} {}\n", layer, groups_text(groups, plain->task_names()));
  }
  fmt::print("tree: {:.3f} MB against {:.3f} shared, {:.2f}x compute, fork at {}\n{}\n", tree.megabytes,
             shared.megabytes, static_cast<double>(tree.macs) / static_cast<double>(shared.macs),
             tree.fork.value_or("no layer"), path.string());
}

void branch(const BranchArguments& arguments) {
  const Experiment experiment = arguments.experiment.read();
  const std::filesystem::path directory = arguments.output.directory;
  const DataSignature signature = data_signature(experiment);
  const int64_t seed = experiment.seeds.front();
  const auto model = make_branching_model(experiment, signature, seed);
  if (experiment.branching.resource > 0) (void)model->expected_gflops();  // refuses too many tasks before anything runs
  const DataSplits data = load_data(experiment, "");
  arguments.output.prepare(experiment);
  const FolderLock lock(arguments.output.directory);
  Progress progress("branching", data.train->tasks());
  const bool done = search_branches({.model = *model,
                                     .data = data,
                                     .options = experiment.branching,
                                     .batch_size = experiment.train.batch_size,
                                     .optimizer = experiment.optimizer,
                                     .rng = Rng(static_cast<uint64_t>(seed)).fork("branching"),
                                     .directory = directory,
                                     .observer = progress,
                                     .stop = stop_requested});
  if (!done) throw Interrupted{};
  write_tree(experiment, signature, *model, directory / "plan.json");
}

}  // namespace

void add_branch(CLI::App& app) {
  CLI::App* verb = app.add_subcommand(
      "branch", "BMTAS: search which tasks share which layers; writes a plan for `reconcile train --plan`");
  auto arguments = std::make_shared<BranchArguments>();
  arguments->experiment.add_to(*verb);
  arguments->output.add_to(*verb);
  verb->callback([arguments] { branch(*arguments); });
}

}  // namespace reconcile::tool
