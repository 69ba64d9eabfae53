#include "reconcile/report/records.h"

#include "reconcile/base/config.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/text.h"
#include "reconcile/report/record_fields.h"

namespace reconcile::report {
namespace {

Statistic read_statistic(const Field& field) {
  return {field.at("mean").number(), number_or_missing(field, "sd"), field.at("n").whole()};
}

Statistic statistic_or_missing(const Field& record, const std::string& key) {
  const auto field = record.find(key);
  return field ? read_statistic(*field) : Statistic{};
}

Row read_row(const Field& row) {
  const auto method = row.find("method"), last = row.find("metrics"), best = row.find("best_metrics");
  return {.label = row.at("label").text(),
          .kind = row.at("kind").text(),
          .method = method ? method->text() : "",
          .parameters = number_or_missing(row, "parameters"),
          .megabytes = number_or_missing(row, "megabytes"),
          .macs = number_or_missing(row, "macs"),
          .seconds_per_step = number_or_missing(row, "seconds_per_step"),
          .metrics = last ? per_task(*last, read_statistic) : PerTask<Statistic>{},
          .best_metrics = best ? per_task(*best, read_statistic) : PerTask<Statistic>{},
          .delta_m = statistic_or_missing(row, "delta_m"),
          .delta_m_flat = statistic_or_missing(row, "delta_m_flat"),
          .severe_share = statistic_or_missing(row, "severe_share"),
          .conflict_share = statistic_or_missing(row, "conflict_share")};
}

Run read_run(const Field& run, const std::filesystem::path& directory) {
  Run result{.path = run.at("path").text(),
             .kind = run.at("kind").text(),
             .method = run.at("method").text(),
             .seed = run.at("seed").whole(),
             .parameters = number_or_missing(run, "parameters"),
             .megabytes = number_or_missing(run, "megabytes"),
             .macs = number_or_missing(run, "macs"),
             .seconds_per_step = number_or_missing(run, "seconds_per_step")};
  if (const auto last = run.find("last")) result.last = per_task(*last, number_of);
  if (const auto best = run.find("best")) result.best = per_task(best->at("test"), number_of);
  if (const auto conflict = run.find("conflict")) {
    const auto pairs = task_pairs(conflict->at("pairs"));
    result.conflict = RunConflict{conflict->at("share").number(), conflict->at("severe_share").number(),
                                  counts(conflict->at("histogram"), pairs.size(), kNumBins), pairs};
  }
  if (std::filesystem::exists(directory / result.path / "run.jsonl"))
    result.log = read_run_log(directory / result.path);
  return result;
}

/// Summaries of older versions do not count copies; there is one for each task then.
Plan read_plan(const Field& plan, size_t num_tasks) {
  const auto fork = plan.find("fork");
  const auto layers = plan.at("layers").list(field_text);
  std::vector<int64_t> copies(layers.size(), static_cast<int64_t>(num_tasks));
  if (const auto given = plan.find("copies")) {
    copies = given->list([](const Field& count) { return count.whole(); });
    if (copies.size() != layers.size())
      given->reject("one number for each of " + std::to_string(layers.size()) + " layers");
  }
  return {plan.at("rule").text(), layers, copies, fork ? fork->text() : ""};
}

Search read_search(const Field& search) {
  return {search.at("method").text(), search.at("epochs").whole(), search.at("threshold").number()};
}

RankedLayer read_ranked(const Field& layer) {
  return {layer.at("layer").text(), layer.at("score").number(), layer.at("parameters").number()};
}

Cost read_cost(const Field& cost) {
  return {cost.at("k").whole(), cost.at("parameters").number(), cost.at("megabytes").number(),
          cost.at("macs").number()};
}

/// TOML whose every key says where its value comes from.
std::string with_origins(const std::string& toml, const Field& origins) {
  std::string text, section;
  for (const auto& line : split(toml, '\n')) {
    const size_t equals = line.find(" = ");
    if (line.starts_with("[") && equals == std::string::npos) section = line.substr(1, line.size() - 2) + ".";
    if (equals == std::string::npos) {
      text += line + "\n";
      continue;
    }
    const auto origin = origins.find(section + line.substr(0, equals));
    text += fmt::format("{:<40}  # {}\n", line, origin ? origin->text() : "default");
  }
  return text;
}

std::string config_text(const Field& root) {
  const Field config = root.at("config");
  if (!config.json().is_object()) config.reject("an object");
  const std::string toml = to_toml(config.json());
  const auto origins = root.find("origins");
  return origins ? with_origins(toml, *origins) : toml;
}

/// Whether the run in `directory` has written its first record.
bool has_begun(const std::filesystem::path& directory) {
  const auto path = directory / "run.jsonl";
  return std::filesystem::exists(path) && read_file(path).find('\n') != std::string::npos;
}

/// Notes the runs that have not finished, and what they wrote so far.
void read_pending(const Field& unfinished, const std::filesystem::path& directory, Pipeline& pipeline) {
  for (const auto& run : unfinished.elements()) {
    const auto failure = run.find("failed");
    pipeline.pending.push_back({run.at("path").text(), failure ? failure->text() : ""});
    if (has_begun(directory / pipeline.pending.back().path)) pipeline.runs.push_back(read_run(run, directory));
  }
}

std::string fingerprint_text(const Json& fingerprint) {
  return fingerprint.is_null() ? "not recorded: every run of a sweep reads the data for itself" : fingerprint.dump(2);
}

template <class Read>
auto list_or_empty(const Field& root, const std::string& key, Read read) {
  const auto field = root.find(key);
  return field ? field->list(read) : std::vector<decltype(read(root))>{};
}

}  // namespace

double number_or_missing(const Field& record, const std::string& key) {
  const auto field = record.find(key);
  return field ? field->number() : kMissing;
}

std::vector<Expected> read_expected(const Field& record) {
  const auto rows = record.find("expected");
  if (!rows) return {};
  return rows->list([](const Field& row) {
    Expected result{row.at("source").text(), row.at("method").text(), row.at("kind").text(), {}};
    for (const auto& [name, value] : row.at("values").members()) result.values.emplace_back(name, value.number());
    return result;
  });
}

std::vector<std::string> task_names(const Field& tasks) {
  return tasks.list([](const Field& task) { return task.at("name").text(); });
}

std::vector<std::string> task_kinds(const Field& tasks) {
  return tasks.list([](const Field& task) { return task.at("kind").text(); });
}

std::vector<std::pair<std::string, std::string>> task_pairs(const Field& pairs) {
  return pairs.list([](const Field& pair) {
    const auto names = pair.list(field_text);
    if (names.size() != 2) pair.reject("two task names");
    return std::pair(names[0], names[1]);
  });
}

std::vector<std::vector<double>> counts(const Field& rows, size_t num_pairs, size_t width) {
  auto result = rows.list([width](const Field& row) {
    auto values = row.list(number_of);
    if (values.size() != width) row.reject(std::to_string(width) + " counts");
    return values;
  });
  if (result.size() != num_pairs) rows.reject("one list for each of " + std::to_string(num_pairs) + " pairs");
  return result;
}

std::filesystem::path summary_path(const std::filesystem::path& directory) {
  const auto sweep = directory / "sweep.json";
  return std::filesystem::exists(sweep) ? sweep : directory / "summary.json";
}

Pipeline read_pipeline(const std::filesystem::path& directory) {
  const auto path = summary_path(directory);
  const Json document = read_json(path);
  const Field root(document, path.string());
  require_schema(root);
  Pipeline pipeline{.version = root.at("version").text(),
                    .name = root.at("name").text(),
                    .command = root.at("command").text(),
                    .dataset = root.at("dataset").text(),
                    .model = root.at("model").text(),
                    .protocol = root.at("protocol").text(),
                    .config = config_text(root),
                    .fingerprint = fingerprint_text(root.at("fingerprint").json()),
                    .severe_threshold = root.at("severe_threshold").number(),
                    .tasks = task_names(root.at("tasks")),
                    .kinds = task_kinds(root.at("tasks")),
                    .seeds = root.at("seeds").list([](const Field& seed) { return seed.whole(); }),
                    .ranking = list_or_empty(root, "ranking", read_ranked),
                    .costs = list_or_empty(root, "costs", read_cost),
                    .runs = root.at("runs").list([&](const Field& run) { return read_run(run, directory); }),
                    .rows = root.at("rows").list(read_row),
                    .expected = read_expected(root.at("config")),
                    .directory = directory};
  if (const auto search = root.find("search")) pipeline.search = read_search(*search);
  if (const auto plan = root.find("plan")) pipeline.plan = read_plan(*plan, pipeline.tasks.size());
  if (const auto unfinished = root.find("unfinished")) read_pending(*unfinished, directory, pipeline);
  return pipeline;
}

}  // namespace reconcile::report
