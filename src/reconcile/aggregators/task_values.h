#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace reconcile {

/// An aggregator's option that has one number a task: `given` [T], or `otherwise` for each task if none is given.
/// InvalidArgument, naming method and option, if their number is not `num_tasks`.
std::vector<double> task_values(const std::vector<double>& given, int64_t num_tasks, double otherwise,
                                std::string_view method, std::string_view option);

}  // namespace reconcile
