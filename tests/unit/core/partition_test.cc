#include "reconcile/core/partition.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using Groups = std::vector<std::vector<int64_t>>;
using test::expect_message;

/// Every partition of `num_tasks` tasks, some more than once.
std::vector<Partition> all_partitions(int64_t num_tasks) {
  std::vector<Partition> result;
  std::vector<int64_t> labels(num_tasks, 0);
  int64_t count = 1;
  for (int64_t t = 0; t < num_tasks; ++t) count *= num_tasks;
  for (int64_t code = 0; code < count; ++code) {
    int64_t rest = code;
    for (auto& label : labels) {
      label = rest % num_tasks;
      rest /= num_tasks;
    }
    result.emplace_back(labels);
  }
  return result;
}

/// Whether tasks that `fine` keeps together are together in `coarse`.
bool is_finer(const Partition& fine, const Partition& coarse) {
  for (int64_t s = 0; s < fine.num_tasks(); ++s) {
    for (int64_t t = 0; t < fine.num_tasks(); ++t) {
      if (fine[s] == fine[t] && coarse[s] != coarse[t]) return false;
    }
  }
  return true;
}

TEST(Partition, NumbersGroupsByTheirFirstTask) {
  const Partition partition({9, 4, 9, 4, 0});
  EXPECT_EQ(partition.num_tasks(), 5);
  EXPECT_EQ(partition.num_groups(), 3);
  EXPECT_EQ(partition.groups(), (Groups{{0, 2}, {1, 3}, {4}}));
  EXPECT_EQ(partition[3], 1);
  EXPECT_EQ(partition.first_task(1), 1);
  EXPECT_EQ(partition.tasks_of(0), (std::vector<int64_t>{0, 2}));
}

TEST(Partition, EqualPartitionsCompareEqual) {
  EXPECT_EQ(Partition({5, 1, 5}), Partition({0, 7, 0}));
  EXPECT_NE(Partition({0, 0, 1}), Partition({0, 1, 1}));
  EXPECT_EQ(Partition::from_groups({{2}, {1, 0}}), Partition({0, 0, 1}));
}

TEST(Partition, SharedAndSeparateAreTheEnds) {
  EXPECT_TRUE(Partition::shared(3).is_shared());
  EXPECT_EQ(Partition::separate(3).groups(), (Groups{{0}, {1}, {2}}));
  EXPECT_EQ(Partition::shared(1), Partition::separate(1));
}

TEST(Partition, FromGroupsInvertsGroups) {
  for (const auto& partition : all_partitions(4)) EXPECT_EQ(Partition::from_groups(partition.groups()), partition);
}

TEST(Partition, FromGroupsRefusesWhatIsNoPartition) {
  for (const Groups& groups : {Groups{{0, 0}}, Groups{{0}, {2}}, Groups{{0}, {-1}}}) {
    expect_message<InvalidArgument>([&] { Partition::from_groups(groups); }, "groups of tasks: task ",
                                    "is given twice or lies outside 0 ... 1");
  }
}

TEST(Refine, IsTheCoarsestThatIsFinerThanBoth) {
  const auto partitions = all_partitions(3);
  for (const auto& a : partitions) {
    for (const auto& b : partitions) {
      const Partition both = refine(a, b);
      EXPECT_TRUE(is_finer(both, a) && is_finer(both, b));
      EXPECT_EQ(both, refine(b, a));
      for (const auto& other : partitions) {
        if (is_finer(other, a) && is_finer(other, b)) {
          EXPECT_TRUE(is_finer(other, both));
        }
      }
    }
  }
}

TEST(Refine, RefusesDifferentNumbersOfTasks) {
  expect_message<InvalidArgument>([] { refine(Partition::shared(2), Partition::shared(3)); },
                                  "streams of 2 and of 3 tasks meet");
}

}  // namespace
}  // namespace reconcile
