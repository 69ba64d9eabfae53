#include "reconcile/data/dataset.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

namespace reconcile {
std::shared_ptr<const Dataset> only_task(const std::shared_ptr<const Dataset>& whole, const std::string& task) {
  std::vector<std::string> names;
  for (const auto& candidate : whole->tasks()) {
    if (candidate.name == task) return whole->only(std::ssize(names));
    names.push_back(candidate.name);
  }
  fail<InvalidArgument>("no task \"{}\".{} The data set has {}.", task, did_you_mean(task, names),
                        fmt::join(names, ", "));
}

DataSplits only_task(DataSplits whole, const std::string& task) {
  for (auto part : {&DataSplits::train, &DataSplits::validation, &DataSplits::test}) {
    whole.*part = only_task(whole.*part, task);
  }
  return whole;
}

}  // namespace reconcile
