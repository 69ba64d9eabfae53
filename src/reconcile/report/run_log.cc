#include "reconcile/base/error.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/report/profile.h"
#include "reconcile/report/record_fields.h"

namespace reconcile::report {
namespace {

/// What is said of the machine, with the names that people read.
Named<std::string> read_machine(const Field& record) {
  Named<std::string> result;
  for (const auto& [key, name] : {std::pair("processor", "processor"),
                                  {"threads", "threads"},
                                  {"device", "device"},
                                  {"libtorch", "LibTorch"},
                                  {"map_layout", "layout of maps"},
                                  {"precision", "precision of products"}}) {
    const auto field = record.find(key);
    if (field) result.emplace_back(name, field->json().is_string() ? field->text() : field->json().dump());
  }
  return result;
}

void read_header(const Field& record, RunLog& log) {
  require_schema(record);
  log.version = record.at("version").text();
  log.dataset = record.at("dataset").text();
  log.model = record.at("model").text();
  log.method = record.at("method").text();
  log.kind = record.at("kind").text();
  log.seed = record.at("seed").whole();
  log.tasks = task_names(record.at("tasks"));
  log.kinds = task_kinds(record.at("tasks"));
  log.layers = record.at("layers").list([](const Field& layer) {
    return LayerRecord{layer.at("name").text(), layer.at("size").number()};
  });
  log.thresholds = record.at("thresholds").list(number_of);
  log.parameters = record.at("parameters").number();
  log.megabytes = record.at("megabytes").number();
  log.batch_size = record.at("batch_size").number();
  log.steps_per_epoch = number_or_missing(record, "steps_per_epoch");
  log.machine = read_machine(record);
  log.num_epochs = record.at("epochs").whole();
  log.expected = read_expected(record);
}

EpochRecord read_epoch(const Field& record) {
  EpochRecord epoch{.epoch = record.at("epoch").whole(),
                    .seconds = record.at("seconds").number(),
                    .seconds_per_step = record.at("seconds_per_step").number(),
                    .learning_rate = number_or_missing(record, "learning_rate"),
                    .train = per_task(record.at("train"), number_of),
                    .conflict_share = number_or_missing(record, "conflict_share")};
  if (const auto skipped = record.find("skipped")) epoch.skipped = skipped->number();
  if (const auto fallbacks = record.find("fallbacks")) epoch.fallbacks = named_numbers(*fallbacks);
  if (const auto gradients = record.find("gradients")) epoch.gradients = read_gradients(*gradients);
  if (const auto validation = record.find("validation")) epoch.validation = per_task(*validation, number_of);
  return epoch;
}

ConflictBlock read_block(const Field& block, size_t num_pairs, size_t num_thresholds) {
  const auto cosine = block.find("cosine");
  return {"", cosine ? cosine->list(number_of) : std::vector<double>{},
          counts(block.at("histogram"), num_pairs, kNumBins), counts(block.at("below"), num_pairs, num_thresholds)};
}

/// One row for all pairs together; older records have one for each pair.
ConflictBlock read_layer(const Field& layer, size_t num_pairs, size_t num_thresholds) {
  const bool is_summed = layer.at("below").json().size() == 1;
  ConflictBlock block = read_block(layer, is_summed ? 1 : num_pairs, num_thresholds);
  block.name = layer.at("name").text();
  return block;
}

void read_conflict(const Field& record, RunLog& log) {
  log.pairs = task_pairs(record.at("pairs"));
  const auto num_pairs = log.pairs.size(), num_thresholds = log.thresholds.size();
  log.conflicts.push_back({.epoch = record.at("epoch").whole(),
                           .iterations = record.at("iterations").number(),
                           .whole = read_block(record.at("whole"), num_pairs, num_thresholds),
                           .layers = record.at("layers").list(
                               [&](const Field& layer) { return read_layer(layer, num_pairs, num_thresholds); })});
}

FailureRecord read_failure(const Field& record) {
  const auto dump = record.find("dump");
  return {record.at("epoch").whole(), record.at("step").whole(), record.at("action").text(),
          record.at("tasks").list(field_text), dump ? dump->text() : ""};
}

void read_record(const Field& record, bool is_first, RunLog& log) {
  const std::string type = record.at("type").text();
  if (is_first != (type == "run"))
    record.at("type").reject(is_first ? "\"run\" in the first line" : "\"run\" only once");
  if (type == "run") return read_header(record, log);
  if (type == "epoch") return log.epochs.push_back(read_epoch(record));
  if (type == "conflict") return read_conflict(record, log);
  if (type == "nonfinite") return log.failures.push_back(read_failure(record));
  if (type != "end") record.at("type").reject("run, epoch, conflict, nonfinite or end");
  log.finished = true;
  log.test = per_task(record.at("test"), number_of);
  if (const auto best = record.find("best")) log.best = per_task(best->at("test"), number_of);
  log.confusion = read_confusion(record);
  if (const auto profile = record.find("profile")) log.profile = read_profile(*profile);
}

}  // namespace

RunLog read_run_log(const std::filesystem::path& directory) {
  const auto path = directory / "run.jsonl";
  const std::vector<Json> records = read_run_records(directory);
  if (records.empty())
    fail<DataError>("{}: holds no whole line. The run stopped before it began; start it again.", path.string());
  RunLog log;
  for (size_t i = 0; i < records.size(); ++i) {
    read_record(Field(records[i], fmt::format("{}:{}", path.string(), i + 1)), i == 0, log);
  }
  log.directory = directory;
  log.pictures = read_pictures(directory);
  return log;
}

}  // namespace reconcile::report
