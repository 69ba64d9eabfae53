#include "reconcile/aggregators/task_values.h"

#include "reconcile/base/error.h"

namespace reconcile {

std::vector<double> task_values(const std::vector<double>& given, int64_t num_tasks, double otherwise,
                                std::string_view method, std::string_view option) {
  if (given.empty()) return std::vector<double>(num_tasks, otherwise);
  if (static_cast<int64_t>(given.size()) != num_tasks) {
    fail<InvalidArgument>("aggregator \"{}\": {} has {} values for {} tasks. Give one for each task, or none.", method,
                          option, given.size(), num_tasks);
  }
  return given;
}

}  // namespace reconcile
