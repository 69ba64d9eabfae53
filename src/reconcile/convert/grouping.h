#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/conflict/ranking.h"
#include "reconcile/conflict/task_groups.h"
#include "reconcile/convert/plan.h"

namespace reconcile {

/// How the tasks of a split layer are put into groups; by default each is alone, as in Recon.
struct Grouping {
  int64_t groups = 0;      ///< at most so many groups; 0: as many as there are tasks
  double cut = 1.0;        ///< groups whose mean cosine is above it are joined; 1: none are
  bool consistent = true;  ///< all layers cut one tree, and no split layer is coarser than one before it

  [[nodiscard]] bool is_on() const { return groups > 0 || cut < 1.0; }
};

/// A copy of a layer's parameters that several tasks use, by its name in layouts and rankings: `conv1` where all tasks
/// share it, `conv1#1` behind a split.
struct SharedCopy {
  std::string name;
  std::string layer;
  std::vector<int64_t> tasks;
};
/// The copies, in definition order, that a ranking of the network split by `base` names; if the ranking is empty or of
/// the shared network, every layer with all tasks. StateError if the ranking fits neither.
std::vector<SharedCopy> rankable_copies(const MultiTaskModel& model, const SplitPlan& base, const LayerRanking& ranking,
                                        const std::string& where);

/// A copy that is to be split, into at most `limit` groups (0: as the grouping says).
struct Wish {
  std::string copy;
  int64_t limit = 0;
};

/// Decides which tasks go together where a copy is split: average linkage on the mean cosines of the ranking
/// (TaskTree). How many groups there are is seen from the copy's own cosines. A consistent plan then cuts one tree for
/// all layers, that of the mean cosines weighted by score + 1, and a split layer keeps apart what an earlier one kept
/// apart. So no two partitions cross: behind the forks there are as many streams as the finest layer has groups, not
/// products, and no later split layer merges a fork again.
class TaskGrouper {
 public:
  /// StateError if groups are asked for and the ranking has no cosines or those of other tasks; `where` is for the
  /// message. `run_order` holds the names of the layers as they run.
  TaskGrouper(Grouping grouping, const LayerRanking& ranking, std::vector<SharedCopy> copies,
              const std::vector<std::string>& task_names, std::vector<std::string> run_order, const std::string& where);

  [[nodiscard]] const std::vector<SharedCopy>& copies() const { return copies_; }
  /// Into how many groups a wish splits its copy; 1 if all tasks agree.
  [[nodiscard]] int64_t num_groups(const Wish& wish) const;
  /// The base plan with the wishes on top. A copy whose tasks all agree stays whole.
  [[nodiscard]] SplitPlan plan(const std::vector<Wish>& wishes, const SplitPlan& base) const;

 private:
  [[nodiscard]] const SharedCopy& find(const std::string& name) const;
  [[nodiscard]] std::vector<double> joint_cosines(const LayerRanking& ranking) const;
  [[nodiscard]] std::vector<Wish> as_they_run(std::vector<Wish> wishes) const;
  /// Groups of all tasks; those that do not use the copy are together.
  [[nodiscard]] Partition groups(const Wish& wish) const;

  Grouping grouping_;
  std::vector<SharedCopy> copies_;
  int64_t num_tasks_;
  std::vector<std::string> run_order_;
  std::map<std::string, TaskTree> own_trees_;  ///< of the tasks that use a copy; empty while grouping is off
  std::optional<TaskTree> joint_tree_;         ///< of all tasks; only where plans are consistent
};

}  // namespace reconcile
