#include "reconcile/report/outcome.h"

#include <algorithm>

#include "reconcile/base/config.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"

namespace reconcile::report {
namespace fs = std::filesystem;
namespace {

void flatten(const Json& value, const std::string& name, std::map<std::string, std::string>& settings) {
  if (!value.is_object()) {
    settings[name] = value.is_string() ? value.get<std::string>() : value.dump();
    return;
  }
  for (const auto& [key, member] : value.items()) flatten(member, name.empty() ? key : name + "." + key, settings);
}

/// The first experiment among these files.
std::map<std::string, std::string> read_settings(const std::vector<fs::path>& files) {
  std::map<std::string, std::string> settings;
  for (const auto& file : files) {
    if (!settings.empty() || !fs::exists(file)) continue;
    flatten(Config::from_file(file).values(), "", settings);
  }
  return settings;
}

std::vector<PerTask<double>> validation_of(const RunLog& log) {
  std::vector<PerTask<double>> result;
  for (const auto& epoch : log.epochs) {
    if (!epoch.validation.empty()) result.push_back(epoch.validation);
  }
  return result;
}

/// A single-task run has one of the pipeline's tasks.
void set_pipeline(Outcome& outcome, const Pipeline& pipeline) {
  outcome.version = pipeline.version;
  outcome.dataset = pipeline.dataset;
  outcome.network = pipeline.model;
  for (size_t t = 0; t < pipeline.tasks.size(); ++t) {
    if (outcome.kind == "single" && !find(outcome.last, pipeline.tasks[t])) continue;
    outcome.tasks.push_back(pipeline.tasks[t]);
    outcome.kinds.push_back(pipeline.kinds[t]);
  }
}

/// What holds a run's seeds: a/cagrad of a/cagrad/seed-0, and the run itself where it has another name.
std::string folder_of_seeds(const fs::path& run) {
  return run.filename().string().starts_with("seed-") ? run.parent_path().string() : run.string();
}

double mean_seconds_per_step(const RunLog& log) {
  double sum = 0;
  for (const auto& epoch : log.epochs) sum += epoch.seconds_per_step;
  return log.epochs.empty() ? kMissing : sum / static_cast<double>(log.epochs.size());
}

Outcome outcome_of(const RunLog& log, const fs::path& directory) {
  return {.place = directory.string(),
          .source = folder_of_seeds(directory),
          .version = log.version,
          .dataset = log.dataset,
          .network = log.model,
          .kind = log.kind,
          .method = log.method,
          .is_split = log.kind == "recon" || fs::exists(directory / "plan.json"),
          .seed = log.seed,
          .tasks = log.tasks,
          .kinds = log.kinds,
          .settings = read_settings({directory / "config.toml"}),
          .last = log.test,
          .best = log.best,
          .validation = validation_of(log),
          .parameters = log.parameters,
          .megabytes = log.megabytes,
          .seconds_per_step = mean_seconds_per_step(log)};
}

bool is_same(const Expected& a, const Expected& b) {
  return a.source == b.source && a.method == b.method && a.kind == b.kind && a.values == b.values;
}

void add_expected(const std::vector<Expected>& entries, Outcomes& outcomes) {
  for (const auto& entry : entries) {
    const auto is_known = [&](const Expected& known) { return is_same(known, entry); };
    if (std::none_of(outcomes.expected.begin(), outcomes.expected.end(), is_known)) outcomes.expected.push_back(entry);
  }
}

void add_run(const fs::path& directory, Outcomes& outcomes) {
  const bool has_begun = read_file(directory / "run.jsonl").find('\n') != std::string::npos;
  if (!has_begun) return outcomes.unfinished.push_back(directory.string());
  const RunLog log = read_run_log(directory);
  add_expected(log.expected, outcomes);
  if (log.kind == "search") return;
  if (!log.finished) return outcomes.unfinished.push_back(directory.string());
  outcomes.runs.push_back(outcome_of(log, directory));
}

void add_pipeline(const fs::path& directory, Outcomes& outcomes) {
  const Pipeline pipeline = read_pipeline(directory);
  add_expected(pipeline.expected, outcomes);
  for (auto& run : outcomes_of(pipeline)) outcomes.runs.push_back(std::move(run));
}

/// Whether `directory` is or has a pipeline or a run; those are added.
bool add_below(const fs::path& directory, Outcomes& outcomes) {
  if (fs::exists(directory / "summary.json")) return add_pipeline(directory, outcomes), true;
  if (fs::exists(directory / "run.jsonl")) return add_run(directory, outcomes), true;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  bool found = false;
  for (const auto& folder : folders) found = add_below(folder, outcomes) || found;
  return found;
}

}  // namespace

void add_outcomes(const fs::path& directory, Outcomes& outcomes) {
  if (!fs::is_directory(directory)) {
    fail<DataError>("{}: no such directory. Give folders that `reconcile recon`, `train` or `sweep` wrote.",
                    directory.string());
  }
  if (!add_below(directory, outcomes)) {
    fail<DataError>(
        "{}: neither it nor a folder in it holds summary.json or run.jsonl. Give folders that `reconcile recon`, "
        "`train` or `sweep` wrote.",
        directory.string());
  }
}

std::vector<Outcome> outcomes_of(const Pipeline& pipeline) {
  // The names of a sweep's combinations say already in what they differ.
  const bool is_sweep = summary_path(pipeline.directory).filename() == "sweep.json";
  std::vector<Outcome> outcomes;
  for (const auto& run : pipeline.runs) {
    if (run.kind == "search" || run.last.empty()) continue;
    const fs::path place = pipeline.directory / run.path;
    Outcome outcome{.place = place.string(),
                    .source = pipeline.directory.string(),
                    .kind = run.kind,
                    .method = run.method,
                    .is_split = run.kind == "recon",
                    .seed = run.seed,
                    .last = run.last,
                    .best = run.best,
                    .parameters = run.parameters,
                    .megabytes = run.megabytes,
                    .macs = run.macs,
                    .seconds_per_step = run.seconds_per_step};
    if (!is_sweep) outcome.settings = read_settings({place / "config.toml", pipeline.directory / "config.toml"});
    if (run.log) outcome.validation = validation_of(*run.log);
    set_pipeline(outcome, pipeline);
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace reconcile::report
