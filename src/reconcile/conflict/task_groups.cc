#include "reconcile/conflict/task_groups.h"

#include <algorithm>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// Groups of tasks with the sums of the cosines between them.
class Groups {
 public:
  Groups(const std::vector<double>& cosines, int64_t num_tasks) : T_(num_tasks), size_(T_, 1), sum_(T_ * T_) {
    for (int64_t i = 0; i < T_; ++i) {
      for (int64_t j = i + 1; j < T_; ++j) sum_[i * T_ + j] = sum_[j * T_ + i] = cosines[pair_place(i, j, T_)];
    }
  }

  /// The pair that agrees most.
  [[nodiscard]] TaskTree::Join best() const {
    TaskTree::Join best{-1, -1, 0.0};
    for (int64_t i = 0; i < T_; ++i) {
      for (int64_t j = i + 1; j < T_; ++j) {
        if (size_[i] == 0 || size_[j] == 0) continue;
        const double cosine = sum_[i * T_ + j] / static_cast<double>(size_[i] * size_[j]);
        if (best.first < 0 || cosine > best.cosine) best = {i, j, cosine};
      }
    }
    return best;
  }

  void join(int64_t first, int64_t second) {
    for (int64_t k = 0; k < T_; ++k) {
      sum_[first * T_ + k] += sum_[second * T_ + k];
      sum_[k * T_ + first] = sum_[first * T_ + k];
    }
    size_[first] += size_[second];
    size_[second] = 0;
  }

 private:
  int64_t T_;
  std::vector<int64_t> size_;  ///< of the group whose lowest task this is; 0: joined to another
  std::vector<double> sum_;    ///< [T, T]
};

}  // namespace

TaskTree::TaskTree(const std::vector<double>& cosines, int64_t num_tasks) : num_tasks_(num_tasks) {
  const int64_t pairs = num_tasks * (num_tasks - 1) / 2;
  if (static_cast<int64_t>(cosines.size()) != pairs) {
    fail<InvalidArgument>("groups of tasks: {} cosines were given, {} tasks have {} pairs.", cosines.size(), num_tasks,
                          pairs);
  }
  Groups groups(cosines, num_tasks);
  for (int64_t n = num_tasks; n > 1; --n) {
    joins_.push_back(groups.best());
    groups.join(joins_.back().first, joins_.back().second);
  }
}

Partition TaskTree::groups(int64_t n) const {
  std::vector<int64_t> label(static_cast<size_t>(num_tasks_));
  for (int64_t t = 0; t < num_tasks_; ++t) label[t] = t;
  for (int64_t i = 0; i < num_tasks_ - n; ++i) {
    std::replace(label.begin(), label.end(), joins_[i].second, int64_t{joins_[i].first});
  }
  return Partition(label);
}

int64_t TaskTree::num_groups(int64_t limit, double cut) const {
  int64_t n = num_tasks_;
  for (const auto& join : joins_) {
    if (join.cosine <= cut && (limit == 0 || n <= limit)) break;
    --n;
  }
  return n;
}

std::vector<double> cosines_among(const std::vector<double>& cosines, int64_t num_tasks,
                                  const std::vector<int64_t>& tasks) {
  std::vector<double> result;
  for (size_t i = 0; i < tasks.size(); ++i) {
    for (size_t j = i + 1; j < tasks.size(); ++j)
      result.push_back(cosines.at(static_cast<size_t>(pair_place(tasks[i], tasks[j], num_tasks))));
  }
  return result;
}

}  // namespace reconcile
