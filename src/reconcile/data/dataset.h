#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
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
  /// The given samples, in the given order. Indices lie in [0, size()).
  [[nodiscard]] virtual Batch batch(std::span<const int64_t> samples) const = 0;
};

/// A data set cut into its parts. `validation` is held out of the training data; never of the test data.
struct DataSplits {
  std::shared_ptr<const Dataset> train;
  std::shared_ptr<const Dataset> validation;
  std::shared_ptr<const Dataset> test;
  Json fingerprint;  ///< what identifies the data: source, generator version, sizes, checksums
};

/// Images and targets kept whole in memory; a batch is one gather, and one conversion where they are kept as bytes.
class ImageSet final : public Dataset {
 public:
  /// `images` [N, C, H, W], uint8 (255 becomes 1) or float32: one tensor for all tasks, or one for each that has images
  /// of its own, all of one shape. `targets` one a task, as `check_targets` wants them. InvalidArgument if something
  /// does not fit.
  ImageSet(TaskSet tasks, Streams images, std::vector<at::Tensor> targets);
  /// All tasks on the same images.
  ImageSet(const TaskSet& tasks, at::Tensor images, std::vector<at::Tensor> targets);
  [[nodiscard]] const TaskSet& tasks() const override { return tasks_; }
  [[nodiscard]] int64_t size() const override;
  [[nodiscard]] std::vector<int64_t> input_shape() const override;
  [[nodiscard]] Batch batch(std::span<const int64_t> samples) const override;
  [[nodiscard]] const Streams& images() const { return images_; }
  [[nodiscard]] const std::vector<at::Tensor>& targets() const { return targets_; }

 private:
  TaskSet tasks_;
  Streams images_;
  std::vector<at::Tensor> targets_;
};

/// The same samples with some of the tasks, for single-task runs. InvalidArgument if `task` is not a task of `whole`.
std::shared_ptr<const Dataset> only_task(std::shared_ptr<const Dataset> whole, const std::string& task);
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
};

/// The entry of a data set with options O, a function that loads it, and one that tells its signature without reading
/// it.
template <class O>
DatasetEntry dataset_entry(EntryInfo info, OptionTable<O> table, std::function<DataSplits(const O&)> load,
                           std::function<DataSignature(const O&)> signature) {
  DatasetEntry entry;
  entry.info = std::move(info);
  entry.options = table.describe();
  entry.make = [table, load](const Json& given, const Where& where) { return load(table.parse(given, where)); };
  entry.resolve = [table](const Json& given, const Where& where) { return table.values(table.parse(given, where)); };
  entry.signature = [table, signature](const Json& given, const Where& where) {
    return signature(table.parse(given, where));
  };
  return entry;
}

}  // namespace reconcile
