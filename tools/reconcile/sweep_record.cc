#include "reconcile/sweep_record.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/version.h"
#include "reconcile/summary.h"

namespace reconcile::tool {
namespace {

/// Combinations are compared as methods without Recon are.
constexpr const char* kSweepKind = "base";

Json axes_to_json(const std::vector<Axis>& axes) {
  Json result = Json::array();
  for (const auto& axis : axes) result.push_back({{"key", axis.key}, {"values", axis.values}});
  return result;
}

std::string axes_text(const Json& axes) {
  std::vector<std::string> texts;
  for (const auto& axis : axes) {
    const auto values = axis.at("values").get<std::vector<std::string>>();
    texts.push_back(fmt::format("{}={}", axis.at("key").get<std::string>(), fmt::join(values, ",")));
  }
  return texts.empty() ? "nothing" : fmt::format("{}", fmt::join(texts, " "));
}

/// The tasks of all combinations, each once.
TaskSet tasks_of(const std::vector<Combination>& combinations) {
  TaskSet tasks;
  for (const auto& combination : combinations) {
    for (const auto& task : combination.data.tasks) {
      const auto same_name = [&](const Task& other) { return other.name == task.name; };
      if (std::none_of(tasks.begin(), tasks.end(), same_name)) tasks.push_back(task);
    }
  }
  return tasks;
}

Json rows_of(const SweepPlan& plan, const std::vector<SweepRun>& runs) {
  Json rows = Json::array();
  for (const auto& combination : plan.combinations) {
    std::vector<Json> records;
    for (const auto& run : runs) {
      if (run.combination == &combination && !run.record.is_null()) records.push_back(run.record);
    }
    if (!records.empty()) rows.push_back(comparison_row(combination.label, records, combination.data.tasks, {}));
  }
  return rows;
}

Json unfinished_of(const std::vector<SweepRun>& runs) {
  Json unfinished = Json::array();
  for (const auto& run : runs) {
    if (!run.record.is_null()) continue;
    unfinished.push_back(
        {{"path", run.path}, {"kind", kSweepKind}, {"method", run.combination->label}, {"seed", run.seed}});
    if (!run.failure.empty()) unfinished.back()["failed"] = run.failure;
  }
  return unfinished;
}

Json records_of(const std::vector<SweepRun>& runs) {
  Json records = Json::array();
  for (const auto& run : runs) {
    if (!run.record.is_null()) records.push_back(run.record);
  }
  return records;
}

}  // namespace

std::vector<SweepRun> runs_of(const SweepPlan& plan, const std::filesystem::path& folder) {
  std::vector<SweepRun> runs;
  for (const auto& combination : plan.combinations) {
    for (const int64_t seed : plan.seeds) {
      const std::string path = fmt::format("{}/seed-{}", combination.folder, seed);
      read_result(runs.emplace_back(SweepRun{.combination = &combination, .seed = seed, .path = path}), folder);
    }
  }
  return runs;
}

bool read_result(SweepRun& run, const std::filesystem::path& folder) {
  const auto file = folder / run.path / "result.json";
  if (!std::filesystem::exists(file)) return false;
  const Combination& combination = *run.combination;
  run.record = {{"path", run.path},
                {"kind", kSweepKind},
                {"method", combination.label},
                {"task", combination.experiment.task.empty() ? Json(nullptr) : Json(combination.experiment.task)},
                {"seed", run.seed},
                {"megabytes", combination.cost.megabytes},
                {"macs", combination.cost.macs}};
  run.record.update(read_json(file));
  return true;
}

Json summarise_sweep(const SweepPlan& plan, const std::string& command, const std::vector<SweepRun>& runs) {
  Json summary{{"schema_version", 2},
               {"version", kVersion},
               {"name", plan.base.name},
               {"command", command},
               {"dataset", plan.base.data.name},
               {"fingerprint", nullptr},
               {"model", plan.base.network_name()},
               {"tasks", tasks_to_json(tasks_of(plan.combinations))},
               {"seeds", plan.seeds},
               {"vary", axes_to_json(plan.axes)},
               {"config", plan.base.resolved()},
               {"protocol", kProtocol},
               {"severe_threshold", plan.base.conflict.severe},
               {"runs", records_of(runs)},
               {"rows", rows_of(plan, runs)}};
  if (Json unfinished = unfinished_of(runs); !unfinished.empty()) summary["unfinished"] = std::move(unfinished);
  return summary;
}

void require_same_sweep(const Json& stored, const SweepPlan& plan, const std::filesystem::path& folder) {
  const auto reject = [&](const std::string& what, const std::string& before, const std::string& now) {
    fail<StateError>(
        "{}: the sweep in it was another one: {} was {} and is now {}. Choose another folder, or undo the "
        "change.",
        folder.string(), what, before, now);
  };
  const Json axes = axes_to_json(plan.axes);
  if (stored.at("vary") != axes) reject("--vary", axes_text(stored.at("vary")), axes_text(axes));
  if (stored.at("seeds") != Json(plan.seeds)) reject("--seeds", stored.at("seeds").dump(), Json(plan.seeds).dump());
}

}  // namespace reconcile::tool
