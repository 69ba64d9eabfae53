#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reconcile {

/// What is predicted: decides the default loss, metrics and head of a task.
enum class TaskKind { kClassification };

/// One task of a data set.
struct Task {
  std::string name;  ///< as in tables: "T1", "semantic"
  TaskKind kind = TaskKind::kClassification;
  int64_t num_outputs = 0;  ///< classes
  bool operator==(const Task&) const = default;
};

/// The tasks in their fixed order; index = stream.
using TaskSet = std::vector<Task>;

}  // namespace reconcile
