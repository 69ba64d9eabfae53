#pragma once

#include <vector>

#include "reconcile/core/partition.h"

namespace reconcile {

/// Place of the pair of tasks i < j in a list of all pairs (0,1), (0,2) ... (T-2,T-1).
inline int64_t pair_place(int64_t i, int64_t j, int64_t num_tasks) {
  return i * num_tasks - i * (i + 1) / 2 + j - i - 1;
}

/// Tasks joined into groups, the best agreeing first: average linkage on their mean cosines. Two groups agree as much
/// as the mean cosine over all pairs between them; the pair of groups that agrees most is joined, at a tie the one with
/// the lowest tasks, until all tasks are in one group. Every partition of the tree refines the coarser ones.
class TaskTree {
 public:
  /// Two groups, named by their lowest tasks, and the mean cosine at which they were joined.
  struct Join {
    int64_t first = 0;
    int64_t second = 0;
    double cosine = 0.0;
  };

  /// `cosines` holds the mean cosine of every pair of the T >= 1 tasks, at `pair_place`. InvalidArgument if their
  /// number is another one.
  TaskTree(const std::vector<double>& cosines, int64_t num_tasks);

  /// T - 1 joins, in order; their cosines never rise.
  [[nodiscard]] const std::vector<Join>& joins() const { return joins_; }
  /// The tree cut into n groups, 1 <= n <= T.
  [[nodiscard]] Partition groups(int64_t n) const;
  /// The number of groups when all that agree more than `cut` are joined, and then more until at most `limit` are
  /// left (0: no limit).
  [[nodiscard]] int64_t num_groups(int64_t limit, double cut) const;

 private:
  int64_t num_tasks_;
  std::vector<Join> joins_;
};

/// The cosines of some of T tasks, ascending in `tasks`, as a list of their pairs.
std::vector<double> cosines_among(const std::vector<double>& cosines, int64_t num_tasks,
                                  const std::vector<int64_t>& tasks);

}  // namespace reconcile
