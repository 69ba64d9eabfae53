#include "reconcile/convert/grouping.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/convert/networks.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;
using Groups = std::vector<std::vector<int64_t>>;

const Names kLayers{"a", "b", "c"};
const Names kTasks{"w", "x", "y", "z"};

/// Layers a, b, c that all four tasks share.
std::vector<SharedCopy> whole_copies() {
  std::vector<SharedCopy> copies;
  for (const auto& layer : kLayers) copies.push_back({layer, layer, {0, 1, 2, 3}});
  return copies;
}

/// Mean cosines in the order wx wy wz xy xz yz. Layer a wants {wx}{yz}, b wants {wy}{xz}, c wants {wx}{y}{z}.
LayerRanking ranking() {
  return {{{"b", 1, {-0.5, 0.5, -0.5, -0.5, 0.5, -0.5}},
           {"a", 99, {0.8, -0.5, -0.5, -0.5, -0.5, 0.7}},
           {"c", 9, {0.6, -0.5, -0.5, -0.5, -0.5, -0.1}}},
          kTasks};
}

TaskGrouper grouper(Grouping grouping, std::vector<SharedCopy> copies = whole_copies()) {
  return {grouping, ranking(), std::move(copies), kTasks, kLayers, "test"};
}

bool nested(const Partition& coarse, const Partition& fine) { return refine(coarse, fine) == fine; }

TEST(TaskGrouper, AloneByDefault) {
  const SplitPlan plan = grouper({}).plan({{"b"}, {"a"}}, {});
  ASSERT_EQ(plan.layers.size(), 2U);
  EXPECT_EQ(plan.layers[0].first, "b");
  EXPECT_EQ(plan.layers[0].second, Partition::separate(4));
}

TEST(TaskGrouper, EachLayerByItselfFollowsItsOwnCosines) {
  const SplitPlan plan = grouper({.cut = 0.0, .consistent = false}).plan({{"a"}, {"b"}, {"c"}}, {});
  EXPECT_EQ(plan.partition("a", 4).groups(), (Groups{{0, 1}, {2, 3}}));
  EXPECT_EQ(plan.partition("b", 4).groups(), (Groups{{0, 2}, {1, 3}}));
  EXPECT_EQ(plan.partition("c", 4).groups(), (Groups{{0, 1}, {2}, {3}}));
}

TEST(TaskGrouper, AConsistentPlanFollowsTheLayersWithTheHighestScores) {
  const SplitPlan plan = grouper({.cut = 0.0}).plan({{"a"}, {"b"}, {"c"}}, {});
  EXPECT_EQ(plan.partition("a", 4).groups(), (Groups{{0, 1}, {2, 3}}));
  EXPECT_EQ(plan.partition("b", 4).groups(), (Groups{{0, 1}, {2, 3}}));
  EXPECT_EQ(plan.partition("c", 4).groups(), (Groups{{0, 1}, {2}, {3}}));
}

TEST(TaskGrouper, AConsistentPlanNeverGetsCoarserAlongTheDepth) {
  const SplitPlan plan = grouper({.groups = 4}).plan({{"c", 2}, {"b", 3}, {"a", 2}}, {});
  EXPECT_EQ(plan.partition("a", 4).num_groups(), 2);
  EXPECT_EQ(plan.partition("b", 4).num_groups(), 3);
  EXPECT_EQ(plan.partition("c", 4), plan.partition("b", 4));
  EXPECT_TRUE(nested(plan.partition("a", 4), plan.partition("b", 4)));
}

TEST(TaskGrouper, ALayerWhoseTasksAgreeIsNotSplitEvenBehindAFork) {
  LayerRanking agreeing = ranking();
  agreeing.layers[2].cosines.assign(6, 0.9);
  const TaskGrouper g({.cut = 0.0}, agreeing, whole_copies(), kTasks, kLayers, "test");
  EXPECT_EQ(g.num_groups({"c"}), 1);
  EXPECT_EQ(g.plan({{"a"}, {"c"}}, {}).layers.size(), 1U);
}

TEST(TaskGrouper, ACopyIsSplitAmongItsOwnTasksOnly) {
  const SplitPlan base{"base", {{"b", Partition({0, 1, 1, 1})}}};
  std::vector<SharedCopy> copies{{"a", "a", {0, 1, 2, 3}}, {"b#1", "b", {1, 2, 3}}, {"c", "c", {0, 1, 2, 3}}};
  LayerRanking of_branched = ranking();
  of_branched.layers[0].layer = "b#1";
  for (const bool consistent : {false, true}) {
    const TaskGrouper g({.groups = 2, .consistent = consistent}, of_branched, copies, kTasks, kLayers, "test");
    const SplitPlan plan = g.plan({{"b#1"}}, base);
    EXPECT_EQ(plan.partition("b", 4).groups(), consistent ? (Groups{{0}, {1}, {2, 3}}) : (Groups{{0}, {1, 3}, {2}}));
  }
  const TaskGrouper alone({}, of_branched, copies, kTasks, kLayers, "test");
  EXPECT_EQ(alone.plan({{"b#1"}}, base).partition("b", 4), Partition::separate(4));
}

TEST(RankableCopies, FollowTheRanking) {
  auto model = make_network("small_cnn", 3);
  const SplitPlan base{"base", {{"fc", Partition({0, 1, 1})}, {"block1.bn", Partition::separate(3)}}};
  LayerRanking of_base;
  LayerRanking of_shared;
  for (const auto& layer : model->layers()) {
    of_shared.layers.push_back({layer->name()});
    if (layer->name() != "block1.bn") of_base.layers.push_back({layer->name() == "fc" ? "fc#1" : layer->name()});
  }
  const auto branched = rankable_copies(*model, base, of_base, "test");
  ASSERT_EQ(branched.size(), 8U);
  EXPECT_EQ(branched.back().name, "fc#1");
  EXPECT_EQ(branched.back().layer, "fc");
  EXPECT_EQ(branched.back().tasks, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(rankable_copies(*model, base, of_shared, "test").size(), 9U);
  EXPECT_EQ(rankable_copies(*model, base, {}, "test").back().name, "fc");
  test::expect_message<StateError>([&] { rankable_copies(*model, {}, of_base, "test"); }, "test: layer \"block1.bn\"");
}

// Random cosines: whatever the layers want, a consistent plan is a tree, and the streams are those of its finest layer.
TEST(TaskGrouper, ConsistentPlansNeverCross) {
  Rng rng(4);
  for (int round = 0; round < 50; ++round) {
    LayerRanking random = ranking();
    std::vector<Wish> wishes;
    for (auto& row : random.layers) {
      for (auto& cosine : row.cosines) cosine = 2 * rng.uniform() - 1;
      row.score = static_cast<int64_t>(100 * rng.uniform());
      wishes.push_back({row.layer});
    }
    const TaskGrouper g({.cut = 0.0}, random, whole_copies(), kTasks, kLayers, "test");
    const SplitPlan plan = g.plan(wishes, {});
    Partition streams = Partition::shared(4);
    for (const auto& layer : kLayers) {
      const Partition groups = plan.partition(layer, 4);
      if (groups.is_shared()) continue;
      EXPECT_TRUE(nested(streams, groups));
      streams = groups;
    }
  }
}

}  // namespace
}  // namespace reconcile
