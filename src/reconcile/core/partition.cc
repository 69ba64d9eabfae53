#include "reconcile/core/partition.h"

#include <map>

#include "reconcile/base/error.h"

namespace reconcile {

Partition::Partition(const std::vector<int64_t>& group_of_task) {
  std::map<int64_t, int64_t> number;
  for (size_t t = 0; t < group_of_task.size(); ++t) {
    const auto [place, is_new] = number.try_emplace(group_of_task[t], num_groups());
    if (is_new) first_task_.push_back(static_cast<int64_t>(t));
    group_of_task_.push_back(place->second);
  }
}

Partition Partition::from_groups(const std::vector<std::vector<int64_t>>& groups) {
  size_t num_tasks = 0;
  for (const auto& group : groups) num_tasks += group.size();
  std::vector<int64_t> group_of_task(num_tasks, -1);
  for (size_t g = 0; g < groups.size(); ++g) {
    for (const int64_t t : groups[g]) {
      if (t < 0 || t >= static_cast<int64_t>(num_tasks) || group_of_task[t] >= 0) {
        fail<InvalidArgument>("groups of tasks: task {} is given twice or lies outside 0 ... {}.", t,
                              static_cast<int64_t>(num_tasks) - 1);
      }
      group_of_task[t] = static_cast<int64_t>(g);
    }
  }
  return Partition(group_of_task);
}

Partition Partition::shared(int64_t num_tasks) {
  return Partition(std::vector<int64_t>(static_cast<size_t>(num_tasks), 0));
}

Partition Partition::separate(int64_t num_tasks) {
  std::vector<int64_t> labels;
  for (int64_t t = 0; t < num_tasks; ++t) labels.push_back(t);
  return Partition(labels);
}

std::vector<int64_t> Partition::tasks_of(int64_t group) const {
  std::vector<int64_t> tasks;
  for (int64_t t = 0; t < num_tasks(); ++t) {
    if (group_of_task_[t] == group) tasks.push_back(t);
  }
  return tasks;
}

std::vector<std::vector<int64_t>> Partition::groups() const {
  std::vector<std::vector<int64_t>> result;
  for (int64_t g = 0; g < num_groups(); ++g) result.push_back(tasks_of(g));
  return result;
}

Partition refine(const Partition& a, const Partition& b) {
  if (a.num_tasks() != b.num_tasks()) {
    fail<InvalidArgument>("streams of {} and of {} tasks meet; all parts of a model have the same tasks.",
                          a.num_tasks(), b.num_tasks());
  }
  std::vector<int64_t> labels;
  for (int64_t t = 0; t < a.num_tasks(); ++t) labels.push_back(a[t] * b.num_groups() + b[t]);
  return Partition(labels);
}

}  // namespace reconcile
