#include "reconcile/summary.h"

#include <map>

#include "reconcile/base/version.h"
#include "reconcile/metrics/improvement.h"

namespace reconcile::tool {
namespace {

Json to_json(const std::vector<double>& values) {
  if (values.empty()) return nullptr;
  const Spread s = spread(values);
  return {{"mean", s.mean}, {"sd", s.sd ? Json(*s.sd) : Json(nullptr)}, {"n", s.count}};
}

TaskMetrics metrics_of(const Json& block) {
  TaskMetrics result;
  for (const auto& [task, values] : block.items()) {
    for (const auto& [metric, value] : values.items()) {
      if (value.is_number()) result[task][metric] = value.get<double>();
    }
  }
  return result;
}

/// The metrics that a run reports: of its last epoch, or of its best on the validation split (empty where there is
/// none).
TaskMetrics last_metrics(const Json& run) { return metrics_of(run.at("last")); }
TaskMetrics best_metrics(const Json& run) {
  return run.at("best").is_null() ? TaskMetrics{} : metrics_of(run.at("best").at("test"));
}

using PerSeed = std::map<int64_t, TaskMetrics>;

/// Metrics of all runs of one row, by seed; single-task runs of one seed are joined.
PerSeed by_seed(const std::vector<Json>& runs, TaskMetrics (*metrics)(const Json&)) {
  PerSeed result;
  for (const auto& run : runs) {
    for (auto& [task, values] : metrics(run)) result[run.at("seed").get<int64_t>()][task] = values;
  }
  return result;
}

Json spread_of(const TaskSet& tasks, const PerSeed& seeds) {
  Json result = Json::object();
  for (const auto& task : tasks) {
    std::map<std::string, std::vector<double>> values;
    for (const auto& [seed, metrics] : seeds) {
      if (!metrics.contains(task.name)) continue;
      for (const auto& [metric, value] : metrics.at(task.name)) values[metric].push_back(value);
    }
    for (const auto& metric : metric_names(task.kind)) {
      if (values.contains(metric)) result[task.name][metric] = to_json(values.at(metric));
    }
  }
  return result.empty() ? Json(nullptr) : result;
}

/// Delta m of every seed against the single-task networks of that seed.
Json improvement(const TaskSet& tasks, const PerSeed& seeds, const PerSeed& single,
                 std::optional<double> (*measure)(const TaskSet&, const TaskMetrics&, const TaskMetrics&)) {
  std::vector<double> values;
  for (const auto& [seed, metrics] : seeds) {
    if (!single.contains(seed)) continue;
    if (const auto value = measure(tasks, metrics, single.at(seed))) values.push_back(*value);
  }
  return to_json(values);
}

std::vector<double> numbers(const std::vector<Json>& runs, const std::string& block, const std::string& key) {
  std::vector<double> values;
  for (const auto& run : runs) {
    const Json& place = block.empty() ? run : run.at(block);
    if (!place.is_null()) values.push_back(place.at(key).get<double>());
  }
  return values;
}

/// Size and cost of a row: one network, or the sum of the single-task networks.
Json cost_of(const std::vector<Json>& runs, bool is_single, const std::string& key) {
  const int64_t seed = runs.front().at("seed").get<int64_t>();
  if (!is_single) return runs.front().at(key);
  Json sum = 0;
  for (const auto& run : runs) {
    if (run.at("seed") != seed) continue;
    sum = run.at(key).is_number_integer() ? Json(sum.get<int64_t>() + run.at(key).get<int64_t>())
                                          : Json(sum.get<double>() + run.at(key).get<double>());
  }
  return sum;
}

Json rows(const PipelineRecord& record) {
  std::vector<std::pair<std::string, std::vector<Json>>> groups;
  std::vector<Json> single;
  for (const auto& run : record.runs) {
    const std::string kind = run.at("kind");
    if (kind == "search") continue;
    if (kind == "single") single.push_back(run);
    const std::string method = run.at("method");
    const std::string label = kind == "single" ? "Single-task" : kind == "recon" ? method + " + Recon" : method;
    auto place = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == label; });
    if (place == groups.end()) place = groups.insert(groups.end(), {label, {}});
    place->second.push_back(run);
  }
  Json result = Json::array();
  for (const auto& [label, runs] : groups) result.push_back(comparison_row(label, runs, record.tasks, single));
  return result;
}

/// The plan, or null as long as there is none.
Json plan_part(const PipelineRecord& record) {
  if (record.plan.rule.empty()) return nullptr;
  Json plan{{"rule", record.plan.rule}, {"layers", Json::array()}, {"copies", Json::array()}, {"fork", nullptr}};
  for (const auto& [layer, groups] : record.plan.layers) {
    plan["layers"].push_back(layer);
    plan["copies"].push_back(groups.num_groups());
  }
  for (const auto& run : record.runs) {
    if (run.at("kind") == "recon") plan["fork"] = run.at("fork");
  }
  return plan;
}

}  // namespace

Json comparison_row(const std::string& label, const std::vector<Json>& runs, const TaskSet& tasks,
                    const std::vector<Json>& single) {
  const std::string kind = runs.front().at("kind");
  const bool is_single = kind == "single";
  const PerSeed last = by_seed(runs, last_metrics);
  const PerSeed reference = by_seed(single, last_metrics);
  const Json seconds = to_json(numbers(runs, "", "seconds_per_step"));
  return {{"label", label},
          {"kind", kind},
          {"method", runs.front().at("method")},
          {"parameters", cost_of(runs, is_single, "parameters")},
          {"megabytes", cost_of(runs, is_single, "megabytes")},
          {"macs", cost_of(runs, is_single, "macs")},
          {"seconds_per_step", seconds.at("mean")},
          {"metrics", spread_of(tasks, last)},
          {"best_metrics", spread_of(tasks, by_seed(runs, best_metrics))},
          {"delta_m", is_single ? Json(nullptr) : improvement(tasks, last, reference, delta_m)},
          {"delta_m_flat", is_single ? Json(nullptr) : improvement(tasks, last, reference, delta_m_flat)},
          {"severe_share", to_json(numbers(runs, "conflict", "severe_share"))},
          {"conflict_share", to_json(numbers(runs, "conflict", "share"))}};
}

Json tasks_to_json(const TaskSet& tasks) {
  Json result = Json::array();
  for (const auto& task : tasks) {
    result.push_back({{"name", task.name}, {"kind", kind_name(task.kind)}, {"num_outputs", task.num_outputs}});
  }
  return result;
}

Json summarise(const PipelineRecord& record) {
  const Experiment& e = record.experiment;
  Json ranking = Json::array();
  for (size_t i = 0; i < record.layer_sizes.size(); ++i) {
    ranking.push_back({{"layer", record.ranking.layers[i].layer},
                       {"score", record.ranking.layers[i].score},
                       {"parameters", record.layer_sizes[i]}});
  }
  Json costs = Json::array();
  for (const auto& [layer, cost] : record.costs) {
    Json entry{{"k", costs.size()}, {"layer", layer}};
    entry.update(reconcile::to_json(cost));
    costs.push_back(std::move(entry));
  }
  Json summary{{"schema_version", 2},
               {"version", kVersion},
               {"name", e.name},
               {"command", record.command},
               {"dataset", e.data.name},
               {"fingerprint", record.fingerprint},
               {"model", e.network_name()},
               {"tasks", tasks_to_json(record.tasks)},
               {"seeds", e.seeds},
               {"config", e.resolved()},
               {"origins", e.origins},
               {"protocol", kProtocol},
               {"severe_threshold", e.conflict.severe},
               {"search",
                {{"method", e.search.method},
                 {"epochs", e.search.epochs},
                 {"threshold", e.search.threshold},
                 {"window", {e.search.first_epoch, e.search.last_epoch == 0 ? e.search.epochs : e.search.last_epoch}}}},
               {"ranking", ranking},
               {"plan", plan_part(record)},
               {"costs", costs},
               {"runs", record.runs},
               {"rows", rows(record)}};
  if (!record.unfinished.empty()) summary["unfinished"] = record.unfinished;
  return summary;
}

}  // namespace reconcile::tool
