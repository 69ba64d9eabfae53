#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/base/rng.h"
#include "reconcile/core/batch.h"
#include "reconcile/core/task.h"

namespace reconcile {

/// Samples with one target per task. Reading is const and safe from several threads.
class Dataset {
 public:
  virtual ~Dataset() = default;
  [[nodiscard]] virtual const TaskSet& tasks() const = 0;
  [[nodiscard]] virtual int64_t size() const = 0;
  /// [C, H, W]
  [[nodiscard]] virtual std::vector<int64_t> input_shape() const = 0;
  /// The same samples with one of the tasks; nothing of the others is read.
  [[nodiscard]] virtual std::shared_ptr<const Dataset> only(int64_t task) const = 0;
  /// The given samples, in the given order. Indices lie in [0, size()). What is drawn anew each time (augmentation)
  /// comes from `rng` alone.
  [[nodiscard]] Batch batch(std::span<const int64_t> samples, const Rng& rng = Rng(0)) const {
    return read(samples, rng);
  }

 private:
  [[nodiscard]] virtual Batch read(std::span<const int64_t> samples, const Rng& rng) const = 0;
};

/// A data set cut into its parts. `validation` is held out of the training data; never of the test data.
struct DataSplits {
  std::shared_ptr<const Dataset> train;
  std::shared_ptr<const Dataset> validation;
  std::shared_ptr<const Dataset> test;
  Json fingerprint;  ///< what identifies the data: source, generator version, sizes, checksums
};

/// The same samples with some of the tasks, for single-task runs. InvalidArgument if `task` is not a task of `whole`.
std::shared_ptr<const Dataset> only_task(const std::shared_ptr<const Dataset>& whole, const std::string& task);
/// The same for all parts.
DataSplits only_task(DataSplits whole, const std::string& task);

/// What a network must know of a data set; to be had without reading it.
struct DataSignature {
  TaskSet tasks;
  std::vector<int64_t> input_shape;  ///< [C, H, W]
};

/// Catalogue row of a data set. `make` loads or generates it; DataError says what is missing where, and what to do.
struct DatasetEntry : Entry<DataSplits> {
  std::function<DataSignature(const Json& given, const Where& where)> signature;
  /// Writes what `make` would give into the empty folder, in a layout of files that other entries read; empty where the
  /// data set comes from files.
  std::function<void(const Json& given, const Where& where, const std::filesystem::path& folder)> write;
  /// The folder of its files; DataError says what is missing where. Empty where it needs none, or only the user's.
  std::function<std::filesystem::path(const Json& given, const Where& where)> find;
};

/// The entry of a data set with options O, a function that loads it, one that tells its signature without reading it,
/// and perhaps one that writes it to a folder, or one that finds its files.
template <class O>
DatasetEntry dataset_entry(EntryInfo info, OptionTable<O> table, std::function<DataSplits(const O&)> load,
                           std::function<DataSignature(const O&)> signature,
                           std::function<void(const O&, const std::filesystem::path&)> write = {},
                           std::function<std::filesystem::path(const O&)> find = {}) {
  DatasetEntry entry;
  entry.info = std::move(info);
  entry.options = table.describe();
  entry.make = [table, load](const Json& given, const Where& where) { return load(table.parse(given, where)); };
  entry.resolve = [table](const Json& given, const Where& where) { return table.values(table.parse(given, where)); };
  entry.signature = [table, signature](const Json& given, const Where& where) {
    return signature(table.parse(given, where));
  };
  if (write) {
    entry.write = [table, write](const Json& given, const Where& where, const std::filesystem::path& folder) {
      write(table.parse(given, where), folder);
    };
  }
  if (find) {
    entry.find = [table, find](const Json& given, const Where& where) { return find(table.parse(given, where)); };
  }
  return entry;
}

}  // namespace reconcile
