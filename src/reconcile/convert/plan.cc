#include "reconcile/convert/plan.h"

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

/// The tasks' numbers for their names; `where` is for the message.
std::vector<int64_t> task_numbers(const Names& given, const Names& known, const std::string& where) {
  std::vector<int64_t> numbers;
  for (const auto& name : given) {
    const auto place = std::find(known.begin(), known.end(), name);
    if (place == known.end())
      fail<StateError>("{}: the network has no task \"{}\".{}", where, name, did_you_mean(name, known));
    numbers.push_back(place - known.begin());
  }
  return numbers;
}

/// One layer of a plan file.
std::pair<std::string, Partition> read_layer(const Json& row, const MultiTaskModel& model, const std::string& where) {
  const auto name = row.at("name").get<std::string>();
  if (model.layer(name) == nullptr) fail<StateError>("{}: the network has no layer \"{}\".", where, name);
  std::vector<std::vector<int64_t>> groups;
  std::vector<int64_t> given;
  for (const auto& group : row.at("groups")) {
    groups.push_back(task_numbers(group.get<Names>(), model.task_names(), where));
    given.insert(given.end(), groups.back().begin(), groups.back().end());
  }
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    const auto times = std::count(given.begin(), given.end(), t);
    if (times == 1) continue;
    fail<StateError>("{}: layer \"{}\": task \"{}\" is in {} groups, must be in one.", where, name,
                     model.task_names()[t], times);
  }
  return {name, Partition::from_groups(groups)};
}

}  // namespace

Partition SplitPlan::partition(const std::string& layer, int64_t num_tasks) const {
  for (const auto& [name, groups] : layers) {
    if (name == layer) return groups;
  }
  return Partition::shared(num_tasks);
}

SplitPlan combine(const SplitPlan& a, const SplitPlan& b) {
  SplitPlan result{a.rule.empty() || b.rule.empty() ? a.rule + b.rule : fmt::format("{} + {}", a.rule, b.rule),
                   a.layers};
  for (const auto& [name, groups] : b.layers) {
    const auto place = std::find_if(result.layers.begin(), result.layers.end(),
                                    [&name = name](const auto& layer) { return layer.first == name; });
    if (place == result.layers.end()) {
      result.layers.emplace_back(name, groups);
    } else {
      place->second = refine(place->second, groups);
    }
  }
  return result;
}

int64_t added_parameters(const SplitPlan& plan, const MultiTaskModel& model) {
  int64_t added = 0;
  for (const auto& [name, groups] : plan.layers)
    added += model.layer(name)->num_parameters() * (groups.num_groups() - 1);
  return added;
}

Json layer_to_json(const std::string& layer, const Partition& groups, const Names& task_names) {
  Json lists = Json::array();
  for (const auto& tasks : groups.groups()) {
    Json group = Json::array();
    for (const int64_t t : tasks) group.push_back(task_names[t]);
    lists.push_back(std::move(group));
  }
  return {{"name", layer}, {"groups", std::move(lists)}};
}

Json plan_to_json(const SplitPlan& plan, const Names& task_names) {
  Json layers = Json::array();
  for (const auto& [name, groups] : plan.layers) layers.push_back(layer_to_json(name, groups, task_names));
  return {{"format", "reconcile-plan"}, {"version", 1}, {"rule", plan.rule}, {"layers", std::move(layers)}};
}

SplitPlan read_plan(const std::filesystem::path& path, const MultiTaskModel& model) {
  const Json json = read_json(path);
  try {
    if (!json.is_object() || json.value("format", "") != "reconcile-plan")
      throw std::invalid_argument("no format field");
    SplitPlan plan{json.at("rule").get<std::string>(), {}};
    for (const auto& row : json.at("layers")) plan.layers.push_back(read_layer(row, model, path.string()));
    return plan;
  } catch (const Json::exception& error) {
    fail<DataError>("{}: not a plan ({}). Make one with `reconcile plan`.", path.string(), error.what());
  } catch (const std::invalid_argument& error) {
    fail<DataError>("{}: not a plan ({}). Make one with `reconcile plan`.", path.string(), error.what());
  }
}

}  // namespace reconcile
