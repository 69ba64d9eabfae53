#include "reconcile/report/epoch_values.h"

#include "reconcile/report/csv.h"

namespace reconcile::report {
namespace {

using Place = Json::json_pointer;

EpochValue of_run(const std::string& name, const std::string& tag) { return {name, tag, Place() / name}; }

void append_task(const std::string& task, const std::vector<std::string>& metrics, std::vector<EpochValue>& to) {
  const Place train = Place() / "train" / task;
  const Place gradients = Place() / "gradients";
  to.push_back({fmt::format("train/{}/loss", task), "train/loss/" + task, train / "loss"});
  to.push_back({"weight/" + task, "weights/" + task, train / "weight"});
  to.push_back({"grad_norm/" + task, "grad_norm/" + task, gradients / "norms" / task / "mean"});
  to.push_back({"progress/" + task, "progress/" + task, gradients / "progress" / task / "mean"});
  to.push_back({"progress_up/" + task, "progress_up/" + task, gradients / "progress" / task / "up"});
  for (const auto& metric : metrics) {
    const std::string name = fmt::format("val/{}/{}", task, metric);
    to.push_back({name, name, Place() / "validation" / task / metric});
  }
}

}  // namespace

std::vector<EpochValue> epoch_values(const Named<std::vector<std::string>>& metrics) {
  const Place condition = Place() / "gradients" / "condition";
  std::vector<EpochValue> values{of_run("epoch", ""),
                                 of_run("step", ""),
                                 of_run("seconds", ""),
                                 of_run("seconds_per_step", "sys/seconds_per_step"),
                                 of_run("learning_rate", "sys/learning_rate"),
                                 of_run("skipped", "sys/skipped"),
                                 of_run("conflict_share", "conflict/share"),
                                 {"condition_median", "conflict/condition_median", condition / "median"},
                                 {"condition_max", "conflict/condition_max", condition / "max"}};
  for (const auto& [task, names] : metrics) append_task(task, names, values);
  return values;
}

std::string csv_header(const std::vector<EpochValue>& values) {
  std::vector<std::string> cells;
  for (const auto& value : values) cells.push_back(value.column);
  return csv_line(cells);
}

std::string csv_row(const std::vector<EpochValue>& values, const Json& record) {
  std::vector<std::string> cells;
  for (const auto& [column, tag, place] : values) {
    const Json cell = record.contains(place) ? record.at(place) : Json("");
    cells.push_back(cell.is_string() ? cell.get<std::string>() : cell.dump());
  }
  return csv_line(cells);
}

}  // namespace reconcile::report
