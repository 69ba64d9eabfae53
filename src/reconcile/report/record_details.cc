#include "reconcile/base/file.h"
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

TaskPictures read_task(const std::string& task, const Field& pictures) {
  const auto error = pictures.find("error"), input = pictures.find("input");
  return {.task = task,
          .truth = pictures.at("truth").text(),
          .prediction = pictures.at("prediction").text(),
          .input = input ? input->text() : "",
          .error = error ? error->text() : "",
          .score = number_or_missing(pictures, "score")};
}

SamplePictures read_sample(const Field& sample) {
  SamplePictures result{.sample = sample.at("sample").whole(), .input = sample.at("input").text(), .tasks = {}};
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
  const Json document = parse_json(read_file(path), path.string());
  return Field(document, path.string()).at("samples").list(read_sample);
}

}  // namespace reconcile::report
