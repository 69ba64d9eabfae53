#include "reconcile/data/manifest.h"

#include <fmt/ranges.h>

#include "reconcile/base/config.h"
#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/data/manifest_checks.h"
#include "reconcile/data/manifest_table.h"
#include "reconcile/data/task_list.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

/// The keys of [dataset] and of a [[task]] as they stand in the file.
struct DatasetKeys {
  std::string root, image, table, id;
  std::vector<std::string> inputs;
  bool standardise = false;
  std::vector<int64_t> size;
};
struct TaskKeys {
  std::string name, type, column;
  int64_t classes = 0;
  ManifestTask task;
};

/// An option of TaskKeys that stands in its ManifestTask.
template <class V>
Option<TaskKeys> task_option(const std::string& name, V ManifestTask::*field, Rule rule, const std::string& help) {
  return {{name, internal::type_name(static_cast<V*>(nullptr)), std::move(rule), help},
          [field](TaskKeys& keys, const Json& value) { keys.task.*field = value.get<V>(); },
          [field](const TaskKeys& keys) { return Json(keys.task.*field); }};
}

const OptionTable<ManifestSplit>& split_keys() {
  using S = ManifestSplit;
  static const OptionTable<S> table{
      option("train", &S::train, any(), "text file with the ids of the training samples, one a line"),
      option("validation", &S::validation, any(), "the same for validation; without it, a part of `train`"),
      option("test", &S::test, any(), "the same for the test"),
      option("shares", &S::shares, above(0), "without lists: shares of training, validation and test"),
      option("seed", &S::seed, at_least(0), "seed of the shares")};
  return table;
}

const OptionTable<DatasetKeys>& dataset_keys() {
  using D = DatasetKeys;
  static const OptionTable<D> table{
      option("root", &D::root, any(), "folder that paths are relative to; the manifest's own if empty"),
      option("image", &D::image, any(), "images, as in \"rgb/{id}.png\""),
      option("table", &D::table, any(), "CSV file whose columns are the input"),
      option("inputs", &D::inputs, any(), "columns of `table` that are the input"),
      option("standardise", &D::standardise, any(), "inputs of a table: minus mean, over deviation, of the training"),
      option("size", &D::size, at_least(1), "[height, width] to which images are resized"),
      option("id", &D::id, any(), "column of tables that names the sample")};
  return table;
}

const OptionTable<TaskKeys>& task_keys() {
  using T = ManifestTask;
  static const OptionTable<TaskKeys> table{
      option("name", &TaskKeys::name, any(), "name in tables and files"),
      option("type", &TaskKeys::type, any(), "kind of the task"),
      task_option("file", &T::file, any(), "one file for each sample, as in \"lanes/{id}.png\""),
      task_option("csv", &T::csv, any(), "CSV file with a row for each sample"),
      option("column", &TaskKeys::column, any(), "its column"),
      task_option("columns", &T::columns, any(), "its columns"),
      option("classes", &TaskKeys::classes, at_least(2), "number of classes"),
      task_option("names", &T::names, any(), "names of the classes, in order"),
      task_option("ignore", &T::ignore, any(), "class that means unknown"),
      task_option("invalid", &T::invalid, any(), "number that means unknown, before `scale`"),
      task_option("scale", &T::scale, any(), "factor for the numbers"),
      task_option("standardise", &T::standardise, any(), "minus mean, over deviation, of the training"),
      task_option("image", &T::image, any(), "images of this task alone, as in \"photos/{id}.jpg\"")};
  return table;
}

/// Splits the table `split` off the keys, if it is there.
std::optional<ManifestSplit> take_split(Json& keys, const Config& config, const std::string& prefix) {
  if (!keys.contains("split")) return std::nullopt;
  const Json given = keys.at("split");
  keys.erase("split");
  if (!given.is_object()) {
    fail<InvalidArgument>("{} = {}, must be a table, as in split.train = \"train.txt\".", config.where(prefix)("split"),
                          given.dump());
  }
  const Where where = config.where(prefix + ".split");
  ManifestSplit split = split_keys().parse(given, where);
  if (split.shares.size() != 3) {
    fail<InvalidArgument>("{}: {} shares, give those of training, validation and test.", where("shares"),
                          split.shares.size());
  }
  if (split.train.empty() != split.test.empty() || (split.train.empty() && !split.validation.empty())) {
    fail<InvalidArgument>("{}: give lists `train` and `test`, and `validation` if there is one, or none of them.",
                          config.where(prefix)("split"));
  }
  return split;
}

int64_t count_outputs(const Manifest& manifest, ManifestTask& task, int64_t classes) {
  const TaskKind kind = task.task.kind;
  if (!is_class(kind)) {
    if (classes > 0 || !task.names.empty()) {
      fail<InvalidArgument>("{}: {} has no classes.", task.where(classes > 0 ? "classes" : "names"), kind_name(kind));
    }
    return fixed_outputs(kind) > 0 ? fixed_outputs(kind) : std::ssize(task.columns);
  }
  if (classes == 0 && task.names.empty() && kind == TaskKind::kClassification) {
    return name_classes(manifest, task);
  }
  if ((classes == 0) == task.names.empty() || task.names.size() == 1) {
    fail<InvalidArgument>("{}: {} needs classes = 5, say, or names = [\"road\", \"sky\"].", task.where("type"),
                          kind_name(kind));
  }
  return classes > 0 ? classes : std::ssize(task.names);
}

ManifestTask read_task(const Manifest& manifest, const Config& config, const std::string& prefix, Json given) {
  auto split = take_split(given, config, prefix);
  TaskKeys keys = task_keys().parse(given, config.where(prefix));
  ManifestTask task = std::move(keys.task);
  task.where = config.where(prefix);
  task.split = std::move(split);
  if (!keys.column.empty()) task.columns.insert(task.columns.begin(), keys.column);
  for (const char* key : {"name", "type"}) {
    if (!given.contains(key)) fail<InvalidArgument>("{}: a [[task]] needs a {}.", config.where("")(prefix), key);
  }
  check_task_name(keys.name, fmt::format("{} = \"{}\"", task.where("name"), keys.name));
  task.task = {keys.name, parse_kind(keys.type, task.where("type")), 0};
  check_task(manifest, task);
  task.task.num_outputs = count_outputs(manifest, task, keys.classes);
  return task;
}

/// The blocks [[task]], each with the prefix of its keys.
void read_tasks(Manifest& manifest, const Config& config) {
  const Json blocks = config.values().contains("task") ? config.values().at("task") : Json::array();
  const bool all_tables = std::all_of(blocks.begin(), blocks.end(), [](const Json& task) { return task.is_object(); });
  if (!blocks.is_array() || blocks.empty() || !all_tables) {
    fail<InvalidArgument>("{}: needs a block [[task]], with name, type and file or column, for each task.",
                          manifest.path.string());
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    ManifestTask task = read_task(manifest, config, fmt::format("task[{}]", i), blocks[i]);
    for (const auto& other : manifest.tasks) {
      if (other.task.name != task.task.name) continue;
      fail<InvalidArgument>("{}: two tasks are called \"{}\". Give each its own name.", task.where("name"),
                            task.task.name);
    }
    manifest.tasks.push_back(std::move(task));
  }
}

}  // namespace

TaskSet Manifest::task_set() const {
  TaskSet set;
  for (const auto& task : tasks) set.push_back(task.task);
  return set;
}

Manifest read_manifest(const fs::path& path, const std::string& root) {
  if (!fs::is_regular_file(path)) {
    fail<DataError>("{}: no such manifest. docs/guide/own-data.md shows how to write one.", path.string());
  }
  // The places of keys are asked for as long as the manifest lives.
  const auto config = std::make_shared<const Config>(Config::from_file(path));
  const auto where = [config](const std::string& prefix) -> Where {
    return [config, prefix](const std::string& key) { return config->where(prefix)(key); };
  };
  for (const auto& item : config->values().items()) {
    if (item.key() == "dataset" || item.key() == "task") continue;
    fail<InvalidArgument>("{}: a manifest has [dataset] and [[task]] only.{}", where("")(item.key()),
                          did_you_mean(item.key(), {"dataset", "task"}));
  }
  Json given = config->table("dataset");
  Manifest manifest;
  manifest.where = where("dataset");
  manifest.path = path;
  if (auto split = take_split(given, *config, "dataset")) manifest.split = *split;
  const DatasetKeys keys = dataset_keys().parse(given, manifest.where);
  manifest.root = root.empty() ? path.parent_path() / keys.root : fs::path(root);
  manifest.image = keys.image;
  manifest.table = keys.table;
  manifest.inputs = keys.inputs;
  manifest.standardise = keys.standardise;
  manifest.size = keys.size;
  manifest.id = keys.id;
  check_dataset(manifest);
  read_tasks(manifest, *config);
  for (auto& task : manifest.tasks) task.where = [config, of = task.where](const std::string& key) { return of(key); };
  return manifest;
}

}  // namespace reconcile
