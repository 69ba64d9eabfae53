#pragma once

#include "reconcile/report/field.h"
#include "reconcile/report/records.h"

/// Readers that both record files share.
namespace reconcile::report {

/// task -> metric -> `read`; DataError if it is not two levels of objects.
template <class Read>
auto per_task(const Field& tasks, Read read) {
  PerTask<decltype(read(tasks))> result;
  for (const auto& [task, metrics] : tasks.members()) {
    auto& values = result.emplace_back(task, Named<decltype(read(tasks))>{}).second;
    for (const auto& [metric, value] : metrics.members()) values.emplace_back(metric, read(value));
  }
  return result;
}

/// The member `key` as a number; NaN if it is absent or null.
double number_or_missing(const Field& record, const std::string& key);

/// The member "expected"; empty if it is absent.
std::vector<Expected> read_expected(const Field& record);

/// Task names of `[{name, kind, num_outputs}]`.
std::vector<std::string> task_names(const Field& tasks);
/// Their kinds.
std::vector<std::string> task_kinds(const Field& tasks);

/// `[[task, task] ...]`.
std::vector<std::pair<std::string, std::string>> task_pairs(const Field& pairs);

/// One row of `width` counts a pair; DataError names the row that is longer or shorter.
std::vector<std::vector<double>> counts(const Field& rows, size_t num_pairs, size_t width);

/// name -> number.
Named<double> named_numbers(const Field& field);

/// The member "gradients" of an `epoch` record.
GradientRecord read_gradients(const Field& gradients);

/// The member "confusion" of an `end` record; empty if it is absent. DataError names a matrix that is not square.
std::vector<ConfusionRecord> read_confusion(const Field& record);

/// `directory`/pictures.json; empty if it is not there.
std::vector<SamplePictures> read_pictures(const std::filesystem::path& directory);

}  // namespace reconcile::report
