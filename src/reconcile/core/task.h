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

/// A method's option that has one number a task: `given` [T], or `otherwise` for each if it is empty. InvalidArgument
/// if their number is not `num_tasks`; `what` is `aggregator "constant": weights`.
std::vector<double> task_values(const std::vector<double>& given, int64_t num_tasks, double otherwise,
                                const std::string& what);

}  // namespace reconcile
