#include "reconcile/catalog/run_files.h"

#include "reconcile/base/json_lines.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {
namespace {

std::vector<report::EpochValue> values_of(const TaskSet& tasks) {
  report::Named<std::vector<std::string>> metrics;
  for (const auto& task : tasks) metrics.emplace_back(task.name, metric_names(task.kind));
  return report::epoch_values(metrics);
}

}  // namespace

RunFiles::RunFiles(const Experiment& experiment, const TaskSet& tasks, std::filesystem::path directory,
                   TrainObserver& inner)
    : directory_(std::move(directory)),
      config_(experiment.resolved()),
      wants_tensorboard_(experiment.train.tensorboard),
      values_(values_of(tasks)),
      inner_(inner) {}

/// The table is written anew from the records that are left, so it can never say more than they do.
void RunFiles::on_start(const Json& run, int64_t step) {
  csv_.emplace(directory_ / "metrics.csv", 0);
  csv_->append(csv_header(values_));
  for (const Json& record : read_json_lines(directory_ / "run.jsonl")) {
    if (record.at("type") == "epoch") csv_->append(csv_row(values_, record));
  }
  if (wants_tensorboard_) tensorboard_.emplace(directory_, run, config_, values_, step);
  inner_.on_start(run, step);
}

void RunFiles::on_record(const Json& record) {
  if (record.at("type") == "epoch") csv_->append(csv_row(values_, record));
  if (tensorboard_) tensorboard_->add(record);
  inner_.on_record(record);
}

void RunFiles::add_pictures() {
  if (tensorboard_) tensorboard_->add_pictures();
}

}  // namespace reconcile
