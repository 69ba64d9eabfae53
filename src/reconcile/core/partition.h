#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reconcile {

/// A partition of the tasks 0 ... T-1 into groups. It says which copy of a layer each task uses, and which tasks still
/// share an activation. Groups are numbered by their first task, so equal partitions compare equal.
class Partition {
 public:
  /// `group_of_task[t]` is any label; equal labels mean the same group.
  explicit Partition(const std::vector<int64_t>& group_of_task);
  /// From lists of tasks. InvalidArgument unless every task 0 ... T-1 occurs exactly once.
  static Partition from_groups(const std::vector<std::vector<int64_t>>& groups);
  /// All T tasks in one group.
  static Partition shared(int64_t num_tasks);
  /// Each of the T tasks alone.
  static Partition separate(int64_t num_tasks);

  [[nodiscard]] int64_t num_tasks() const { return static_cast<int64_t>(group_of_task_.size()); }
  [[nodiscard]] int64_t num_groups() const { return static_cast<int64_t>(first_task_.size()); }
  [[nodiscard]] bool is_shared() const { return num_groups() == 1; }
  /// The group of task t.
  [[nodiscard]] int64_t operator[](int64_t t) const { return group_of_task_[t]; }
  /// The lowest task of a group.
  [[nodiscard]] int64_t first_task(int64_t group) const { return first_task_[group]; }
  /// The tasks of a group, ascending.
  [[nodiscard]] std::vector<int64_t> tasks_of(int64_t group) const;
  [[nodiscard]] std::vector<std::vector<int64_t>> groups() const;

  bool operator==(const Partition&) const = default;

 private:
  std::vector<int64_t> group_of_task_;
  std::vector<int64_t> first_task_;
};

/// The coarsest partition that is finer than both: tasks stay together where both keep them together.
/// InvalidArgument if the numbers of tasks differ.
Partition refine(const Partition& a, const Partition& b);

}  // namespace reconcile
