#include "reconcile/data/manifest_load.h"

#include <ATen/ATen.h>

#include <set>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/core/target.h"
#include "reconcile/data/image_set.h"
#include "reconcile/data/manifest_ids.h"
#include "reconcile/data/manifest_table.h"
#include "reconcile/data/manifest_targets.h"
#include "reconcile/data/sample_set.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

using Ids = std::vector<std::string>;

/// What the three parts have, each.
template <class T>
struct Parts {
  T train, validation, test;
};

/// Images of all tasks, or of one that has its own.
struct Inputs {
  std::string pattern;
  PartIds ids;
};

Inputs find_inputs(const Manifest& manifest, const std::string& pattern, const ManifestSplit& split) {
  return {pattern, divide_ids(manifest.root, split, [&] { return find_ids(manifest.root, pattern); })};
}

/// One for all tasks, or one a task if any task has images or lists of its own.
std::vector<Inputs> find_all_inputs(const Manifest& manifest) {
  const auto& tasks = manifest.tasks;
  const bool separate =
      std::any_of(tasks.begin(), tasks.end(), [](const auto& task) { return !task.image.empty() || task.split; });
  if (!separate) return {find_inputs(manifest, manifest.image, manifest.split)};
  std::vector<Inputs> inputs;
  for (const auto& task : tasks) {
    const std::string& pattern = task.image.empty() ? manifest.image : task.image;
    inputs.push_back(find_inputs(manifest, pattern, task.split.value_or(manifest.split)));
  }
  return inputs;
}

Column file_column(const Manifest& manifest, const std::string& pattern, Ids ids,
                   const std::function<at::Tensor(const fs::path&)>& read) {
  const int64_t count = std::ssize(ids);
  const auto path = [root = manifest.root, pattern, ids = std::move(ids)](int64_t i) {
    return sample_path(root, pattern, ids[i]);
  };
  return {count, [path, read](int64_t i) { return read(path(i)); }, [path](int64_t i) { return path(i).string(); }};
}

Column image_column(const Manifest& manifest, const std::string& pattern, const Ids& ids, int64_t channels) {
  return file_column(manifest, pattern, ids, [channels, size = manifest.size](const fs::path& path) {
    const at::Tensor image = read_manifest_image(path, size);
    return image.size(0) == 1 ? image.expand({channels, -1, -1}) : image;  // some pictures of a folder may be gray
  });
}

/// Targets whose files are not there when the run starts are unknown; one that is lost later is an error.
Column dense_column(const Manifest& manifest, const ManifestTask& task, const Ids& ids) {
  std::set<fs::path> unknown;
  for (const auto& id : ids) {
    const fs::path path = sample_path(manifest.root, task.file, id);
    if (!fs::exists(path)) unknown.insert(path);
  }
  return file_column(manifest, task.file, ids, [task, unknown, size = manifest.size](const fs::path& path) {
    return unknown.contains(path) ? at::Tensor() : read_dense_target(path, task, size);
  });
}

/// The tables that tasks name, each read once.
class Tables {
 public:
  explicit Tables(const Manifest& manifest) : manifest_(manifest) {}
  const SampleTable& of(const ManifestTask& task) {
    const std::string& csv = task.csv.empty() ? manifest_.table : task.csv;
    const auto found = tables_.find(csv);
    return found != tables_.end() ? found->second : tables_.emplace(csv, SampleTable(manifest_, csv)).first->second;
  }

 private:
  const Manifest& manifest_;
  std::map<std::string, SampleTable> tables_;
};

/// A task's targets from its table for all parts, standardised if it asks for that.
Parts<at::Tensor> table_targets(const ManifestTask& task, const SampleTable& table, const PartIds& ids) {
  Parts<at::Tensor> parts{table.targets(task, ids.train), table.targets(task, ids.validation),
                          table.targets(task, ids.test)};
  const bool is_known = task.task.kind == TaskKind::kRegression ? !parts.train.isnan().all().item<bool>()
                                                                : parts.train.ne(kVoid).any().item<bool>();
  if (!is_known) {
    fail<DataError>("{}: none of the {} training samples has a value. Are the ids those of the first column?",
                    task.where(task.csv.empty() ? "column" : "csv"), ids.train.size());
  }
  if (!task.standardise) return parts;
  const Standard standard(parts.train);
  return {standard.of(parts.train), standard.of(parts.validation), standard.of(parts.test)};
}

Column tensor_column(const at::Tensor& targets, const std::string& place) {
  return {targets.size(0), [targets](int64_t i) { return targets[i]; },
          [place](int64_t i) { return fmt::format("{}: sample {}", place, i); }};
}

void require_a_file(const Manifest& manifest, const ManifestTask& task, const Ids& ids) {
  for (const auto& id : ids) {
    if (fs::exists(sample_path(manifest.root, task.file, id))) return;
  }
  fail<DataError>("{}: none of the {} training samples has a file, the first would be {}.", task.where("file"),
                  ids.size(), sample_path(manifest.root, task.file, ids.front()).string());
}

Parts<Column> target_columns(const Manifest& manifest, const ManifestTask& task, const PartIds& ids, Tables& tables) {
  if (is_dense(task.task.kind)) {
    require_a_file(manifest, task, ids.train);
    return {dense_column(manifest, task, ids.train), dense_column(manifest, task, ids.validation),
            dense_column(manifest, task, ids.test)};
  }
  const auto targets = table_targets(task, tables.of(task), ids);
  const std::string place = fmt::format("task {}", task.task.name);
  return {tensor_column(targets.train, place), tensor_column(targets.validation, place),
          tensor_column(targets.test, place)};
}

DataSplits load_images(const Manifest& manifest) {
  const auto shape = manifest_input_shape(manifest);
  const auto all = find_all_inputs(manifest);
  Parts<std::vector<Column>> inputs;
  Parts<std::vector<Column>> targets;
  for (const auto& [pattern, ids] : all) {
    inputs.train.push_back(image_column(manifest, pattern, ids.train, shape[0]));
    inputs.validation.push_back(image_column(manifest, pattern, ids.validation, shape[0]));
    inputs.test.push_back(image_column(manifest, pattern, ids.test, shape[0]));
  }
  Tables tables(manifest);
  for (size_t t = 0; t < manifest.tasks.size(); ++t) {
    auto columns = target_columns(manifest, manifest.tasks[t], all[all.size() == 1 ? 0 : t].ids, tables);
    targets.train.push_back(std::move(columns.train));
    targets.validation.push_back(std::move(columns.validation));
    targets.test.push_back(std::move(columns.test));
  }
  const auto set = [&](auto part, WhenShorter when) {
    return std::make_shared<SampleSet>(manifest.task_set(), shape, inputs.*part, targets.*part, when);
  };
  using P = Parts<std::vector<Column>>;
  return {set(&P::train, WhenShorter::kRepeat), set(&P::validation, WhenShorter::kUnknown),
          set(&P::test, WhenShorter::kUnknown), Json()};
}

DataSplits load_table(const Manifest& manifest) {
  const SampleTable table(manifest, manifest.table);
  const PartIds ids = divide_ids(manifest.root, manifest.split, [&] { return table.ids(); });
  Tables tables(manifest);
  Parts<std::vector<at::Tensor>> targets;
  for (const auto& task : manifest.tasks) {
    auto of_task = table_targets(task, tables.of(task), ids);
    targets.train.push_back(of_task.train);
    targets.validation.push_back(of_task.validation);
    targets.test.push_back(of_task.test);
  }
  const at::Tensor train = table.numbers(ids.train, manifest.inputs);
  const auto standard = manifest.standardise ? std::optional(Standard(train)) : std::nullopt;
  const auto set = [&](const at::Tensor& numbers, const std::vector<at::Tensor>& of_tasks) {
    const at::Tensor inputs = standard ? standard->of(numbers) : numbers;  // [N, columns]
    return std::make_shared<ImageSet>(manifest.task_set(), inputs.to(at::kFloat).unsqueeze(2).unsqueeze(3), of_tasks);
  };
  return {set(train, targets.train), set(table.numbers(ids.validation, manifest.inputs), targets.validation),
          set(table.numbers(ids.test, manifest.inputs), targets.test), Json()};
}

}  // namespace

std::vector<int64_t> manifest_input_shape(const Manifest& manifest) {
  if (!manifest.table.empty()) return {std::ssize(manifest.inputs), 1, 1};
  const auto first = find_all_inputs(manifest).front();
  const auto path = sample_path(manifest.root, first.pattern, first.ids.train.front());
  return read_manifest_image(path, manifest.size).sizes().vec();
}

DataSplits load_manifest(const Manifest& manifest) {
  DataSplits splits = manifest.table.empty() ? load_images(manifest) : load_table(manifest);
  splits.fingerprint = {{"manifest", checksum(read_file(manifest.path))},
                        {"samples", {splits.train->size(), splits.validation->size(), splits.test->size()}}};
  for (const auto& task : manifest.tasks) {
    const auto& names = task.task.kind == TaskKind::kMultiLabel ? task.columns : task.names;
    if (!names.empty()) splits.fingerprint["classes"][task.task.name] = names;
  }
  return splits;
}

}  // namespace reconcile
