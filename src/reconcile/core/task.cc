#include "reconcile/core/task.h"

#include "reconcile/base/error.h"

namespace reconcile {

std::vector<double> task_values(const std::vector<double>& given, int64_t num_tasks, double otherwise,
                                const std::string& what) {
  if (given.empty()) return std::vector<double>(static_cast<size_t>(num_tasks), otherwise);
  if (static_cast<int64_t>(given.size()) != num_tasks) {
    fail<InvalidArgument>("{} has {} values for {} tasks. Give one for each task, or none.", what, given.size(),
                          num_tasks);
  }
  return given;
}

}  // namespace reconcile
