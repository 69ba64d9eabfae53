#include "reconcile/arguments.h"
#include "reconcile/base/file.h"
#include "reconcile/base/folder_lock.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/catalog/run.h"
#include "reconcile/commands.h"
#include "reconcile/convert/rules.h"
#include "reconcile/folder_name.h"
#include "reconcile/progress.h"
#include "reconcile/report/profile.h"
#include "reconcile/report/report.h"
#include "reconcile/summary.h"

namespace reconcile::tool {
namespace fs = std::filesystem;
namespace {

struct ReconArguments {
  ExperimentArguments experiment;
  OutputArguments output;
  std::string ranking;
  bool profile = false;
  std::string command;
};

/// Tries the split rule, with every layer at score 0 and every cosine 0 where the ranking is still to be found: a wrong
/// rule or K shows now and not after the search.
void check_rule(const Experiment& experiment, LayerRanking ranking) {
  const DataSignature data = data_signature(experiment);
  const auto model = make_model(experiment, data, experiment.seeds.front());
  if (ranking.layers.empty()) {
    const auto pairs = static_cast<size_t>(model->num_tasks() * (model->num_tasks() - 1) / 2);
    ranking.tasks = model->task_names();
    for (const auto& layer : model->layers()) ranking.layers.push_back({layer->name(), 0, std::vector(pairs, 0.0)});
  }
  choose_layers(experiment.split.rule, ranking, *model, data.input_shape);
}

/// The stages of `reconcile recon`, each skipped when its result is there already.
class Pipeline {
 public:
  /// `ranking` may be empty: then it is found by a search.
  Pipeline(const ReconArguments& arguments, const Experiment& experiment, LayerRanking ranking)
      : experiment_(experiment),
        directory_(arguments.output.directory),
        profile_(arguments.profile),
        data_(load_data(experiment, "")),
        record_{experiment, data_.train->tasks(), data_.fingerprint, arguments.command, std::move(ranking), {}, {},
                {}} {
    say(fmt::format("data {}: {} train, {} validation, {} test samples", experiment.data.name, data_.train->size(),
                    data_.validation->size(), data_.test->size()));
  }

  void operator()() {
    announce();
    if (experiment_.compare.single) {
      for (const auto& task : data_.train->tasks())
        train_seeds("single-" + task.name, {.kind = "single", .task = task.name});
    }
    if (experiment_.compare.recon) {
      if (record_.ranking.layers.empty()) search();
      plan();
    }
    for (const auto& method : experiment_.compare.methods) {
      if (experiment_.compare.base) train_seeds("base-" + folder_name(method), {.kind = "base", .method = method});
      if (experiment_.compare.recon) {
        train_seeds("recon-" + folder_name(method), {.kind = "recon", .method = method, .plan = record_.plan});
      }
    }
    write_summary();
  }

 private:
  void write_summary() const { write_json(directory_ / "summary.json", summarise(record_)); }

  /// Lists the runs that are to come, so that a report on an unfinished pipeline can say what is missing.
  void announce() {
    const auto& compare = experiment_.compare;
    if (compare.single) {
      for (const auto& task : data_.train->tasks()) announce_seeds("single-" + task.name, "single", "");
    }
    if (compare.recon && record_.ranking.layers.empty()) {
      announce_run("search", "search", experiment_.search.method, experiment_.seeds.front());
    }
    for (const auto& method : compare.methods) {
      if (compare.base) announce_seeds("base-" + folder_name(method), "base", method);
      if (compare.recon) announce_seeds("recon-" + folder_name(method), "recon", method);
    }
    write_summary();
  }
  void announce_seeds(const std::string& folder, const std::string& kind, const std::string& method) {
    for (const int64_t seed : experiment_.seeds) announce_run(folder, kind, method, seed);
  }
  void announce_run(const std::string& folder, const std::string& kind, const std::string& method, int64_t seed) {
    record_.unfinished.push_back(
        {{"path", run_path(folder, seed)}, {"kind", kind}, {"method", method}, {"seed", seed}});
  }

  static std::string run_path(const std::string& folder, int64_t seed) {
    return fmt::format("{}/seed-{}", folder, seed);
  }

  void train_one(const Experiment& experiment, const std::string& folder, const RunChoice& choice,
                 const DataSplits& data) {
    const std::string path = run_path(folder, choice.seed);
    Progress progress(path, data.train->tasks());
    Json run = train_run(experiment, choice, data, directory_ / path, progress, stop_requested);
    if (run.is_null()) throw Interrupted{};
    if (profile_ && run.contains("profile")) fmt::print("{}\n{}\n", path, report::profile_text(run.at("profile")));
    Json entry{{"path", path}};
    entry.update(run);
    record_.runs.push_back(std::move(entry));
    drop_unfinished(path);
    write_summary();
  }

  void drop_unfinished(const std::string& path) {
    for (size_t i = 0; i < record_.unfinished.size(); ++i) {
      if (record_.unfinished[i].at("path") == path) return record_.unfinished.erase(i);
    }
  }

  void train_seeds(const std::string& folder, RunChoice choice) {
    const DataSplits data = choice.task.empty() ? data_ : only_task(data_, choice.task);
    for (const int64_t seed : experiment_.seeds) {
      choice.seed = seed;
      train_one(experiment_, folder, choice, data);
    }
  }

  /// Trains the shared network with the first seed and counts conflicts in every layer; the ranking serves all seeds.
  void search() {
    Experiment experiment = experiment_;
    experiment.train.epochs = experiment.search.epochs;
    experiment.conflict.record = true;
    experiment.step.gradient = "parameters";
    experiment.heads.rotation = 0;
    experiment.step.update_every = 1;
    const RunChoice choice{.kind = "search", .method = experiment.search.method, .seed = experiment.seeds.front()};
    train_one(experiment, "search", choice, data_);
    const auto& options = experiment.search;
    const fs::path run = directory_ / "search" / fmt::format("seed-{}", choice.seed);
    record_.ranking = rank_layers(read_run_records(run), options.threshold, {options.first_epoch, options.last_epoch});
    const Json context{{"threshold", options.threshold},
                       {"method", options.method},
                       {"epochs", options.epochs},
                       {"seed", choice.seed}};
    write_json(directory_ / "ranking.json", ranking_to_json(record_.ranking, context));
  }

  void plan() {
    const DataSignature data = data_signature(experiment_);
    const auto model = make_model(experiment_, data, experiment_.seeds.front());
    record_.plan = choose_layers(experiment_.split.rule, record_.ranking, *model, data.input_shape);
    record_.costs = cost_table(experiment_.split.rule, record_.ranking, *model, data.input_shape);
    for (const auto& row : record_.ranking.layers)
      record_.layer_sizes.push_back(model->layer(row.layer)->num_parameters());
    write_json(directory_ / "plan.json", plan_to_json(record_.plan, model->task_names()));
    write_summary();
    say(fmt::format("plan {}: {} of {} layers are split", record_.plan.rule, record_.plan.layers.size(),
                    model->layers().size()));
  }

  const Experiment& experiment_;
  fs::path directory_;
  bool profile_;
  DataSplits data_;
  PipelineRecord record_;
};

void recon(const ReconArguments& arguments) {
  const Experiment experiment = arguments.experiment.read();
  const LayerRanking ranking = arguments.ranking.empty() ? LayerRanking{} : read_ranking(arguments.ranking);
  check_rule(experiment, ranking);
  Pipeline pipeline(arguments, experiment, ranking);
  arguments.output.prepare(experiment);
  const FolderLock lock(arguments.output.directory);
  pipeline();
  const fs::path page = fs::path(arguments.output.directory) / "report.html";
  write_atomically(page, html_report(arguments.output.directory));
  fmt::print("{}\n{}\n", console_report(arguments.output.directory), page.string());
}

}  // namespace

void add_recon(CLI::App& app) {
  CLI::App* verb = app.add_subcommand(
      "recon", "the whole pipeline: single-task references, search, score, plan, convert, train, compare, report");
  auto arguments = std::make_shared<ReconArguments>();
  arguments->experiment.add_to(*verb);
  arguments->output.add_to(*verb);
  verb->add_flag("--profile", arguments->profile, "print where the time of a step went, at the end of each run");
  verb->add_option("--ranking", arguments->ranking, "use this ranking instead of searching");
  verb->callback([arguments] {
    arguments->command = "reconcile recon " + arguments->experiment.file + " --out " + arguments->output.directory;
    for (const auto& set : arguments->experiment.sets) arguments->command += " --set " + set;
    if (!arguments->ranking.empty()) arguments->command += " --ranking " + arguments->ranking;
    recon(*arguments);
  });
}

}  // namespace reconcile::tool
