#include "reconcile/convert/grouping.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

std::vector<SharedCopy> shared_copies(const MultiTaskModel& model, const SplitPlan& base) {
  std::vector<SharedCopy> copies;
  for (const auto& layer : model.layers()) {
    const Partition groups = base.partition(layer->name(), model.num_tasks());
    for (int64_t g = 0; g < groups.num_groups(); ++g) {
      const auto tasks = groups.tasks_of(g);
      if (tasks.size() == 1 && !groups.is_shared()) continue;
      copies.push_back(
          {groups.is_shared() ? layer->name() : fmt::format("{}#{}", layer->name(), g), layer->name(), tasks});
    }
  }
  return copies;
}

/// The groups of `tasks`, with all other tasks in one group of their own.
Partition restricted(const Partition& groups, const std::vector<int64_t>& tasks) {
  std::vector<int64_t> label(static_cast<size_t>(groups.num_tasks()), -1);
  for (const int64_t t : tasks) label[t] = groups[t];
  return Partition(label);
}

int64_t num_groups_of(const Partition& groups, const std::vector<int64_t>& tasks) {
  std::set<int64_t> met;
  for (const int64_t t : tasks) met.insert(groups[t]);
  return static_cast<int64_t>(met.size());
}

/// The coarsest cut of the tree that has n groups of `tasks`.
Partition cut_tree(const TaskTree& tree, const std::vector<int64_t>& tasks, int64_t n) {
  int64_t level = n;
  while (num_groups_of(tree.groups(level), tasks) < n) ++level;
  return tree.groups(level);
}

void require_cosines(const LayerRanking& ranking, const std::vector<std::string>& tasks, const std::string& where) {
  if (ranking.tasks.empty()) {
    fail<StateError>(
        "{}: groups of tasks are found from the cosines of their gradients, and this ranking has none. Use one that "
        "`reconcile score` made of a run of this version, or leave out groups and cut.",
        where);
  }
  if (ranking.tasks != tasks) {
    fail<StateError>("{}: the ranking's cosines are of the tasks {}, the network has {}. Rank a run of this network.",
                     where, fmt::join(ranking.tasks, ", "), fmt::join(tasks, ", "));
  }
}

}  // namespace

std::vector<SharedCopy> rankable_copies(const MultiTaskModel& model, const SplitPlan& base, const LayerRanking& ranking,
                                        const std::string& where) {
  const auto names_of = [](const auto& rows, auto name) {
    std::set<std::string> names;
    for (const auto& row : rows) names.insert(row.*name);
    return names;
  };
  auto of_base = shared_copies(model, base);
  if (names_of(ranking.layers, &RankedLayer::layer) == names_of(of_base, &SharedCopy::name)) return of_base;
  auto whole = shared_copies(model, {});
  std::vector<std::string> layers;
  for (const auto& copy : whole) layers.push_back(copy.name);
  if (!ranking.layers.empty()) require_fits(ranking, layers, where);
  return whole;
}

TaskGrouper::TaskGrouper(Grouping grouping, const LayerRanking& ranking, std::vector<SharedCopy> copies,
                         const std::vector<std::string>& task_names, std::vector<std::string> run_order,
                         const std::string& where)
    : grouping_(grouping),
      copies_(std::move(copies)),
      num_tasks_(static_cast<int64_t>(task_names.size())),
      run_order_(std::move(run_order)) {
  if (!grouping.is_on()) return;
  require_cosines(ranking, task_names, where);
  for (const auto& row : ranking.layers) {
    const auto& tasks = find(row.layer).tasks;
    own_trees_.emplace(row.layer,
                       TaskTree(cosines_among(row.cosines, num_tasks_, tasks), static_cast<int64_t>(tasks.size())));
  }
  if (grouping.consistent) joint_tree_.emplace(joint_cosines(ranking), num_tasks_);
}

const SharedCopy& TaskGrouper::find(const std::string& name) const {
  return *std::find_if(copies_.begin(), copies_.end(), [&](const auto& copy) { return copy.name == name; });
}

/// Means over the copies that both tasks use; -1 where there is none, because such tasks are apart already.
std::vector<double> TaskGrouper::joint_cosines(const LayerRanking& ranking) const {
  const auto num_pairs = static_cast<size_t>(num_tasks_ * (num_tasks_ - 1) / 2);
  std::vector<double> sum(num_pairs, 0.0);
  std::vector<double> weight(num_pairs, 0.0);
  for (const auto& row : ranking.layers) {
    const auto& tasks = find(row.layer).tasks;
    for (size_t i = 0; i < tasks.size(); ++i) {
      for (size_t j = i + 1; j < tasks.size(); ++j) {
        const int64_t pair = pair_place(tasks[i], tasks[j], num_tasks_);
        sum[pair] += static_cast<double>(row.score + 1) * row.cosines[pair];
        weight[pair] += static_cast<double>(row.score + 1);
      }
    }
  }
  for (size_t pair = 0; pair < num_pairs; ++pair) sum[pair] = weight[pair] > 0 ? sum[pair] / weight[pair] : -1.0;
  return sum;
}

int64_t TaskGrouper::num_groups(const Wish& wish) const {
  if (!grouping_.is_on()) return static_cast<int64_t>(find(wish.copy).tasks.size());
  return own_trees_.at(wish.copy).num_groups(wish.limit > 0 ? wish.limit : grouping_.groups, grouping_.cut);
}

Partition TaskGrouper::groups(const Wish& wish) const {
  const auto& tasks = find(wish.copy).tasks;
  if (!grouping_.is_on()) return restricted(Partition::separate(num_tasks_), tasks);
  const int64_t n = num_groups(wish);
  if (joint_tree_) return restricted(cut_tree(*joint_tree_, tasks, n), tasks);
  const Partition among = own_trees_.at(wish.copy).groups(n);
  std::vector<int64_t> label(static_cast<size_t>(num_tasks_), -1);
  for (size_t i = 0; i < tasks.size(); ++i) label[tasks[i]] = among[static_cast<int64_t>(i)];
  return Partition(label);
}

std::vector<Wish> TaskGrouper::as_they_run(std::vector<Wish> wishes) const {
  const auto place = [this](const Wish& wish) {
    return std::find(run_order_.begin(), run_order_.end(), find(wish.copy).layer) - run_order_.begin();
  };
  std::stable_sort(wishes.begin(), wishes.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return wishes;
}

SplitPlan TaskGrouper::plan(const std::vector<Wish>& wishes, const SplitPlan& base) const {
  std::map<std::string, Partition> chosen;
  Partition streams = Partition::shared(num_tasks_);
  for (const auto& wish : as_they_run(wishes)) {
    if (num_groups(wish) == 1) continue;
    Partition partition = groups(wish);
    if (joint_tree_) {
      partition = restricted(refine(partition, streams), find(wish.copy).tasks);
      streams = refine(streams, partition);
    }
    chosen.emplace(wish.copy, partition);
  }
  SplitPlan plan = base;
  for (const auto& wish : wishes) {
    const auto place = chosen.find(wish.copy);
    if (place != chosen.end()) plan = combine(plan, {"", {{find(wish.copy).layer, place->second}}});
  }
  return plan;
}

}  // namespace reconcile
