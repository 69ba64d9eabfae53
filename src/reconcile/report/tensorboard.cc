#include "reconcile/report/tensorboard.h"

#include <chrono>

#include "reconcile/base/config.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/paths.h"
#include "reconcile/report/events.h"
#include "reconcile/report/record_fields.h"

namespace reconcile::report {
namespace {

constexpr size_t kMaxPairs = 45;  // ten tasks; more histograms than that nobody looks at

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double number_in(const Json& record) { return number_of(Field(record, "record")); }

/// Numbers, texts and truth values of nested tables, by names such as "train.epochs".
void flatten(const Json& table, const std::string& prefix, Json& to) {
  for (const auto& [key, value] : table.items()) {
    if (value.is_object()) flatten(value, prefix + key + ".", to);
    if (value.is_number() || value.is_string() || value.is_boolean()) to[prefix + key] = value;
  }
}

Json hparams_of(const Json& run, const Json& config) {
  Json result = Json::object();
  for (const char* key : {"kind", "method", "seed"}) {
    if (run.contains(key)) result[key] = run.at(key);
  }
  flatten(config, "", result);
  return result;
}

/// The tags by which runs are compared: each task's first metric on the test split.
std::vector<std::string> compared_tags(const std::vector<EpochValue>& values) {
  std::vector<std::string> tags;
  std::string task;
  for (const auto& value : values) {
    const size_t end = value.tag.rfind('/');
    if (!value.tag.starts_with("val/") || value.tag.substr(0, end) == task) continue;
    task = value.tag.substr(0, end);
    tags.push_back("test" + value.tag.substr(3));
  }
  return tags;
}

/// Where the threshold 0 stands in the lists `below`, if it does.
std::optional<size_t> index_of_zero(const Json& run) {
  const Json& thresholds = run.at("thresholds");
  for (size_t i = 0; i < thresholds.size(); ++i) {
    if (thresholds[i] == 0.0) return i;
  }
  return std::nullopt;
}

void append_histogram(const std::string& tag, const Json& counts, double mean, std::vector<WireMessage>& to) {
  const auto numbers = counts.get<std::vector<double>>();
  if (std::any_of(numbers.begin(), numbers.end(), [](double count) { return count > 0; })) {
    to.push_back(histogram_value(tag, numbers, -1.0, 1.0, mean));
  }
}

}  // namespace

TensorBoardLog::TensorBoardLog(std::filesystem::path directory, Json run, const Json& config,
                               std::vector<EpochValue> values, int64_t step)
    : directory_(std::move(directory)),
      run_(std::move(run)),
      values_(std::move(values)),
      step_(step),
      file_(directory_, seconds_now()) {
  const double now = seconds_now();
  file_.append(event_record(version_event(now).bytes()) + event_record(start_event(now, step + 1).bytes()));
  if (step > 0) return;
  Values head = hparams_values(config.value("name", ""), hparams_of(run_, config), compared_tags(values_), now);
  head.push_back(text_value("config", fmt::format("```toml\n{}\n```\n", to_toml(config))));
  write(head);
}

void TensorBoardLog::write(const Values& values) {
  file_.append(event_record(summary_event(seconds_now(), step_, values).bytes()));
}

void TensorBoardLog::add(const Json& record) {
  if (record.at("type") == "conflict") conflict_ = record;
  if (record.at("type") == "epoch") {
    step_ = record.at("step").get<int64_t>();
    write(values_of_epoch(record));
    conflict_.reset();
  }
  if (record.at("type") != "end") return;
  Values last{hparams_end_value(seconds_now())};
  for (const auto& [task, metrics] : record.at("test").items()) {
    for (const auto& [metric, value] : metrics.items()) {
      last.push_back(scalar_value(fmt::format("test/{}/{}", task, metric), number_in(value)));
    }
  }
  write(last);
}

std::vector<WireMessage> TensorBoardLog::values_of_epoch(const Json& record) const {
  Values values;
  for (const auto& [column, tag, place] : values_) {
    if (!tag.empty() && record.contains(place)) values.push_back(scalar_value(tag, number_in(record.at(place))));
  }
  if (conflict_) append_conflicts(values);
  return values;
}

void TensorBoardLog::append_conflicts(Values& to) const {
  const Json& pairs = conflict_->at("pairs");
  const Json& whole = conflict_->at("whole");
  for (size_t p = 0; p < pairs.size() && pairs.size() <= kMaxPairs; ++p) {
    const auto names = pairs[p].get<std::vector<std::string>>();
    append_histogram(fmt::format("conflict/cos/{}-{}", names[0], names[1]), whole.at("histogram")[p],
                     whole.at("cosine")[p].get<double>(), to);
  }
  const auto zero = index_of_zero(run_);
  if (!zero) return;
  const double seen = conflict_->at("iterations").get<double>() * static_cast<double>(pairs.size());
  for (const auto& layer : conflict_->at("layers")) {
    to.push_back(scalar_value("conflict/layer/" + layer.at("name").get<std::string>(),
                              layer.at("below")[0][*zero].get<double>() / seen));
  }
}

void TensorBoardLog::add_pictures() {
  const auto path = directory_ / "pictures.json";
  if (!std::filesystem::exists(path)) return;
  const Json document = read_json(path);
  Values images;
  const auto add = [&](const std::string& tag, const Field& file) {
    if (!stays_inside(file.text())) file.reject("a path inside the run's folder");
    const auto picture = directory_ / file.text();
    images.push_back(image_value("pictures/" + tag, read_file(picture), picture.string()));
  };
  for (const Field& sample : Field(document, path.string()).at("samples").elements()) {
    const Json& id = sample.at("sample").json();
    const std::string name = id.is_string() ? id.get<std::string>() : id.dump();
    add(name + "/input", sample.at("input"));
    for (const auto& [task, files] : sample.at("tasks").members()) {
      for (const char* kind : {"input", "truth", "prediction", "error"}) {
        if (const auto file = files.find(kind)) add(fmt::format("{}/{}/{}", name, task, kind), *file);
      }
    }
  }
  if (!images.empty()) write(images);
}

}  // namespace reconcile::report
