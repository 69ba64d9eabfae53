#include "reconcile/base/json_file.h"
#include "reconcile/base/paths.h"
#include "reconcile/report/record_fields.h"

namespace reconcile::report {
namespace {

ConfusionRecord read_matrix(const std::string& task, const Field& rows) {
  ConfusionRecord result{task, rows.list([](const Field& row) { return row.list(number_of); })};
  for (const auto& row : result.counts) {
    if (row.size() != result.counts.size()) rows.reject("as many columns as rows, one a class");
  }
  return result;
}

/// A picture's path. What it leads to becomes part of the report, so it lies in the run's folder.
std::string picture_path(const Field& field) {
  std::string path = field.text();
  if (!path.empty() && !stays_inside(path)) field.reject("a path inside the run's folder");
  return path;
}

TaskPictures read_task(const std::string& task, const Field& pictures) {
  const auto error = pictures.find("error"), input = pictures.find("input");
  return {.task = task,
          .truth = picture_path(pictures.at("truth")),
          .prediction = picture_path(pictures.at("prediction")),
          .input = input ? picture_path(*input) : "",
          .error = error ? picture_path(*error) : "",
          .score = number_or_missing(pictures, "score")};
}

SamplePictures read_sample(const Field& sample) {
  SamplePictures result{.sample = sample.at("sample").whole(), .input = picture_path(sample.at("input")), .tasks = {}};
  for (const auto& [task, pictures] : sample.at("tasks").members()) {
    result.tasks.push_back(read_task(task, pictures));
  }
  return result;
}

}  // namespace

Named<double> named_numbers(const Field& field) {
  Named<double> values;
  for (const auto& [name, value] : field.members()) values.emplace_back(name, value.number());
  return values;
}

GradientRecord read_gradients(const Field& gradients) {
  GradientRecord record{.norms = per_task(gradients.at("norms"), number_of)};
  if (const auto progress = gradients.find("progress")) record.progress = per_task(*progress, number_of);
  if (const auto condition = gradients.find("condition")) {
    record.condition_median = condition->at("median").number();
    record.condition_max = condition->at("max").number();
  }
  return record;
}

std::vector<ConfusionRecord> read_confusion(const Field& record) {
  std::vector<ConfusionRecord> result;
  const auto tasks = record.find("confusion");
  if (!tasks) return result;
  for (const auto& [task, rows] : tasks->members()) result.push_back(read_matrix(task, rows));
  return result;
}

std::vector<SamplePictures> read_pictures(const std::filesystem::path& directory) {
  const auto path = directory / "pictures.json";
  if (!std::filesystem::exists(path)) return {};
  const Json document = read_json(path);
  return Field(document, path.string()).at("samples").list(read_sample);
}

}  // namespace reconcile::report
