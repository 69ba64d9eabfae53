#include "reconcile/conflict/task_groups.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/options.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using Groups = std::vector<std::vector<int64_t>>;

// Written by tests/golden/make_task_groups.py with SciPy.
TEST(TaskTree, IsSciPysAverageLinkage) {
  const Json cases = Json::parse(read_file(RECONCILE_SOURCE_DIR "/tests/golden/task_groups.json"));
  ASSERT_EQ(cases.size(), 5U);
  for (const auto& c : cases) {
    const TaskTree tree(c.at("cosines").get<std::vector<double>>(), c.at("tasks").get<int64_t>());
    ASSERT_EQ(tree.joins().size(), c.at("joined_at").size());
    for (size_t i = 0; i < tree.joins().size(); ++i) {
      EXPECT_NEAR(tree.joins()[i].cosine, c.at("joined_at")[i].get<double>(), 1e-12);
    }
    for (const auto& [n, labels] : c.at("groups").items()) {
      EXPECT_EQ(tree.groups(std::stoll(n)), Partition(labels.get<std::vector<int64_t>>())) << n;
    }
    for (const auto& [cut, labels] : c.at("at_cut").items()) {
      EXPECT_EQ(tree.groups(tree.num_groups(0, std::stod(cut))), Partition(labels.get<std::vector<int64_t>>())) << cut;
    }
  }
}

TEST(TaskTree, ATieGoesToTheLowestTasks) {
  const TaskTree tree({0, 0, 0, 0, 0, 0}, 4);
  EXPECT_EQ(tree.groups(3).groups(), (Groups{{0, 1}, {2}, {3}}));
  EXPECT_EQ(tree.groups(2).groups(), (Groups{{0, 1, 2}, {3}}));
}

TEST(TaskTree, TheLimitJoinsEvenWhatConflicts) {
  const TaskTree tree({0.9, -0.5, -0.4}, 3);
  EXPECT_EQ(tree.num_groups(0, 1.0), 3);
  EXPECT_EQ(tree.num_groups(0, 0.0), 2);
  EXPECT_EQ(tree.num_groups(2, 1.0), 2);
  EXPECT_EQ(tree.num_groups(1, 0.0), 1);
  EXPECT_EQ(tree.num_groups(3, 0.0), 2);
  EXPECT_EQ(tree.num_groups(0, -0.6), 1);
}

TEST(TaskTree, ACosineAtTheCutKeepsApart) {
  EXPECT_EQ(TaskTree({0.0}, 2).num_groups(0, 0.0), 2);
  EXPECT_EQ(TaskTree({1.0}, 2).num_groups(0, 1.0), 2);
}

TEST(TaskTree, OneTaskIsOneGroup) {
  const TaskTree tree({}, 1);
  EXPECT_TRUE(tree.joins().empty());
  EXPECT_EQ(tree.num_groups(0, 0.0), 1);
}

TEST(TaskTree, AnotherNumberOfCosinesIsAnError) {
  test::expect_message<InvalidArgument>([] { TaskTree({0.1, 0.2}, 3); }, "2 cosines were given, 3 tasks have 3 pairs");
}

TEST(CosinesAmong, PicksThePairsOfSomeTasks) {
  std::vector<double> cosines;
  for (int64_t i = 0; i < 5; ++i) {
    for (int64_t j = i + 1; j < 5; ++j) {
      EXPECT_EQ(pair_place(i, j, 5), static_cast<int64_t>(cosines.size()));
      cosines.push_back(static_cast<double>(10 * i + j));
    }
  }
  EXPECT_EQ(cosines_among(cosines, 5, {1, 2, 4}), (std::vector<double>{12, 14, 24}));
}

}  // namespace
}  // namespace reconcile
