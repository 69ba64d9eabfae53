#include "reconcile/core/task.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

/// In the order of TaskKind.
const std::vector<std::string> kKindNames{"classification", "multi_label", "regression", "segmentation", "parts",
                                          "depth",          "normals",     "saliency",   "edges"};

}  // namespace

std::string kind_name(TaskKind kind) { return kKindNames.at(static_cast<size_t>(kind)); }

TaskKind parse_kind(const std::string& name, const std::string& where) {
  const auto place = std::find(kKindNames.begin(), kKindNames.end(), name);
  if (place != kKindNames.end()) return static_cast<TaskKind>(place - kKindNames.begin());
  fail<InvalidArgument>("{}: no kind of task \"{}\".{} Known: {}.", where, name, did_you_mean(name, kKindNames),
                        fmt::join(kKindNames, ", "));
}

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
