#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/data/dataset.h"

namespace reconcile {

/// Smallest, largest, mean and deviation of numbers that come piece by piece.
struct NumberSummary {
  int64_t count = 0;
  double low = 0;
  double high = 0;
  double sum = 0;
  double squares = 0;

  void add(const at::Tensor& numbers);
  [[nodiscard]] double mean() const;
  [[nodiscard]] double deviation() const;
};

/// What the targets of a task are. Values are pixels, labels, numbers or samples, by the kind.
struct TaskStatistics {
  int64_t samples = 0;          ///< with anything known
  int64_t unknown = 0;          ///< values
  NumberSummary known;          ///< of normals: their lengths
  std::vector<int64_t> counts;  ///< of classes, or of no and yes; of several labels: how often each is yes
};

/// What a part of a data set holds.
struct PartStatistics {
  int64_t samples = 0;  ///< that were looked at
  NumberSummary inputs;
  std::vector<TaskStatistics> tasks;
  int64_t num_problems = 0;
  std::vector<std::string> problems;  ///< the first of what could not be read
};

/// Reads the first samples of `data` (all, if `max_samples` is 0) one by one; a sample that cannot be read counts as a
/// problem.
PartStatistics measure(const Dataset& data, int64_t max_samples);

}  // namespace reconcile
