#pragma once

#include <ATen/core/Tensor.h>

#include <unordered_map>

#include "reconcile/data/manifest.h"
#include "reconcile/files/table.h"

namespace reconcile {

/// A table of a manifest, whose rows are found by the ids of samples.
class SampleTable {
 public:
  /// `csv` is relative to the manifest's root. DataError if it cannot be read, or two rows have one id.
  SampleTable(const Manifest& manifest, const std::string& csv);

  /// All ids, in the order of the rows.
  [[nodiscard]] const std::vector<std::string>& ids() const { return ids_; }
  /// Numbers [N, columns] float64, one row for each id. DataError if an id has no row, or a field is no number.
  [[nodiscard]] at::Tensor numbers(const std::vector<std::string>& ids, const std::vector<std::string>& columns) const;
  /// A task's targets, one for each id, in the form of core/target.h and float32 or int64; unknown where there is no
  /// row or no value. DataError with the line for fields that are no target.
  [[nodiscard]] at::Tensor targets(const ManifestTask& task, const std::vector<std::string>& ids) const;
  /// What stands in a column, sorted, each once.
  [[nodiscard]] std::vector<std::string> values(const std::string& column) const;

 private:
  [[nodiscard]] double value(const ManifestTask& task, int64_t row, int64_t column) const;

  Table table_;
  std::vector<std::string> ids_;
  std::unordered_map<std::string, int64_t> row_of_;
};

/// Finds out what the classes of a task are that says nothing of them: whole numbers from 0 give their number, any
/// other texts become its names. Returns the number of classes. DataError if there are fewer than two.
int64_t name_classes(const Manifest& manifest, ManifestTask& task);

/// Mean and deviation of each column of the rows of `known` that are not NaN; a deviation of 0 counts as 1.
struct Standard {
  explicit Standard(const at::Tensor& known);
  /// (values - mean) / deviation
  [[nodiscard]] at::Tensor of(const at::Tensor& values) const;

  at::Tensor mean;
  at::Tensor deviation;
};

}  // namespace reconcile
