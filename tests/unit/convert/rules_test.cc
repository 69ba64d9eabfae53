#include "reconcile/convert/rules.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/convert/networks.h"
#include "unit/convert/rankings.h"

namespace reconcile {
namespace {

/// The ranking that Recon ships for Multi-Fashion+MNIST: 20 batch norms and 5 convolutions lead it.
LayerRanking shipped() { return read_ranking(RECONCILE_SOURCE_DIR "/tests/data/rankings/mnist_S-0.1.json"); }

double megabytes(const std::string& rule) {
  auto model = make_network("resnet18", 2);
  const SplitPlan plan = choose_layers(rule, shipped(), *model, kShape);
  for (const auto& [layer, groups] : plan.layers) model->layer(layer)->split(groups, CopyInit::kEqual, Rng(0));
  return measure_cost(*model, kShape).megabytes;
}

std::string message_of(const std::string& rule, const LayerRanking& ranking) {
  auto model = make_network("resnet18", 2);
  try {
    choose_layers(rule, ranking, *model, kShape);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Rules, SizesOfThePaperComeOutToTheDigit) {
  auto model = make_network("resnet18", 2);
  EXPECT_EQ(model->num_parameters(), 11'223'560);
  EXPECT_EQ(model->shared_layout().size(), 11'221'540);
  EXPECT_EQ(model->layers().size(), 41U);
  EXPECT_NEAR(megabytes("none"), 42.814, 5e-4);
  EXPECT_NEAR(megabytes("top_k(k=25)"), 43.426, 5e-4);
  auto single = make_network("resnet18", 1);
  EXPECT_EQ(2 * single->num_parameters(), 22'445'100);
}

// Shi et al., table 7: the sizes of the six random controls, and table 11: the first and the last 25 layers.
TEST(Rules, ControlsOfThePaperComeOutToTheDigit) {
  EXPECT_NEAR(megabytes("random(k=25, seed=0)"), 73.02, 0.005);
  EXPECT_NEAR(megabytes("random(k=25, seed=1)"), 83.63, 0.005);
  EXPECT_NEAR(megabytes("random(k=25, seed=2)"), 76.33, 0.005);
  EXPECT_NEAR(megabytes("random_matched(k=25, seed=0, match=recon)"), 52.25, 0.005);
  EXPECT_NEAR(megabytes("random_matched(k=25, seed=1, match=recon)"), 51.96, 0.005);
  EXPECT_NEAR(megabytes("random_matched(k=25, seed=2, match=recon)"), 47.50, 0.005);
  EXPECT_NEAR(megabytes("first(k=25)"), 48.90, 0.005);
  EXPECT_NEAR(megabytes("last(k=25)"), 84.17, 0.005);
}

TEST(Rules, HonestRandomControlStaysWithinTheBudget) {
  for (const char* rule :
       {"random_matched(k=25, seed=0)", "random_matched(k=25, seed=1)", "parameter_budget(parameters=160192)"}) {
    const double size = megabytes(rule);
    EXPECT_LE(size, 43.4261) << rule;
    EXPECT_GT(size, 42.8142) << rule;
  }
}

TEST(Rules, ThresholdTakesAllLayersWithEnoughScore) {
  auto model = make_network("resnet18", 2);
  EXPECT_EQ(choose_layers("threshold(min_score=52)", shipped(), *model, kShape).layers.size(), 25U);
  EXPECT_EQ(choose_layers("batch_norm", {}, *model, kShape).layers.size(), 20U);
  EXPECT_EQ(choose_layers("all", {}, *model, kShape).layers.size(), 41U);
}

TEST(Rules, MacBudgetIsKeptAndTheModelIsLeftAsItWas) {
  auto model = make_network("resnet18", 2);
  const Cost before = measure_cost(*model, kShape);
  const SplitPlan plan = choose_layers("mac_budget(factor=1.3)", shipped(), *model, kShape);
  EXPECT_EQ(measure_cost(*model, kShape).macs, before.macs);
  EXPECT_GT(plan.layers.size(), 0U);
  for (const auto& [layer, groups] : plan.layers) model->layer(layer)->split(groups, CopyInit::kEqual, Rng(0));
  EXPECT_LE(static_cast<double>(measure_cost(*model, kShape).macs), 1.3 * static_cast<double>(before.macs));
}

TEST(Rules, GroupsOfTasksThatAgreeShareACopy) {
  auto model = make_network("small_cnn", 4);
  const SplitPlan plan = choose_layers("top_k(k=3, groups=2)", two_camps(*model), *model, kShape);
  EXPECT_EQ(plan.rule, "top_k(k=3, groups=2)");
  ASSERT_EQ(plan.layers.size(), 3U);
  for (const auto& [layer, groups] : plan.layers) EXPECT_EQ(groups, Partition({0, 1, 0, 1})) << layer;
}

TEST(Rules, CutFindsTheNumberOfGroupsAndLeavesAgreeingLayersShared) {
  auto model = make_network("small_cnn", 4);
  LayerRanking ranking = two_camps(*model);
  ranking.layers[1].cosines.assign(6, 0.4);
  const SplitPlan plan = choose_layers("top_k(k=3, cut=0)", ranking, *model, kShape);
  ASSERT_EQ(plan.layers.size(), 2U);
  EXPECT_EQ(plan.layers[0].first, ranking.layers[0].layer);
  EXPECT_EQ(plan.layers[1].first, ranking.layers[2].layer);
  EXPECT_EQ(plan.layers[1].second, Partition({0, 1, 0, 1}));
}

TEST(Rules, WithoutGroupsEveryTaskIsAlone) {
  auto model = make_network("small_cnn", 4);
  const SplitPlan plan = choose_layers("top_k(k=2)", two_camps(*model), *model, kShape);
  EXPECT_EQ(plan.layers[0].second, Partition::separate(4));
}

TEST(Rules, ParameterBudgetsCountRealGroups) {
  auto model = make_network("small_cnn", 4);
  const LayerRanking ranking = two_camps(*model);
  const int64_t size = model->layer(ranking.layers[0].layer)->num_parameters();
  const auto split = [&](const char* rule) {
    return choose_layers(fmt::format(fmt::runtime(rule), size), ranking, *model, kShape);
  };
  EXPECT_EQ(split("parameter_budget(parameters={})").partition(ranking.layers[0].layer, 4), Partition::shared(4));
  EXPECT_EQ(split("parameter_budget(parameters={}, groups=2)").partition(ranking.layers[0].layer, 4),
            Partition({0, 1, 0, 1}));
}

TEST(Rules, TheGroupedBudgetTakesTheFinestGroupsThatFit) {
  auto model = make_network("small_cnn", 4);
  const LayerRanking ranking = two_camps(*model);
  const std::string first = ranking.layers[0].layer;
  const int64_t size = model->layer(first)->num_parameters();
  const auto groups = [&](int64_t budget, const std::string& more) {
    const auto rule = fmt::format("grouped_budget(parameters={}{})", budget, more);
    const SplitPlan plan = choose_layers(rule, ranking, *model, kShape);
    EXPECT_LE(added_parameters(plan, *model), budget);
    return plan.partition(first, 4).num_groups();
  };
  EXPECT_EQ(groups(size - 1, ", cut=1"), 1);
  EXPECT_EQ(groups(size, ", cut=1"), 2);
  EXPECT_EQ(groups(3 * size - 1, ", cut=1"), 3);
  EXPECT_EQ(groups(3 * size, ", cut=1"), 4);
  EXPECT_EQ(groups(3 * size, ", cut=0"), 2);  // tasks that agree stay together
  EXPECT_EQ(groups(3 * size, ", cut=1, groups=3"), 3);
}

TEST(Rules, TheGroupedBudgetKeepsTheMacLimit) {
  auto model = make_network("small_cnn", 4);
  const double shared = static_cast<double>(measure_cost(*model, kShape).macs);
  for (const double factor : {1.0, 1.5, 2.0, 3.2}) {
    const auto rule = fmt::format("grouped_budget(factor={}, cut=1)", factor);
    const SplitPlan plan = choose_layers(rule, two_camps(*model), *model, kShape);
    EXPECT_EQ(plan.layers.empty(), factor == 1.0);
    EXPECT_LE(static_cast<double>(measure_cost(*model, plan, kShape).macs), factor * shared) << factor;
    set_copies(*model, {});
  }
  EXPECT_EQ(choose_layers("grouped_budget(cut=1)", two_camps(*model), *model, kShape).layers.size(), 9U);
}

TEST(Rules, WhatTheyChooseComesOnTopOfABasePlan) {
  auto model = make_network("small_cnn", 4);
  const LayerRanking ranking = two_camps(*model);
  const SplitPlan base{"by hand",
                       {{"fc", Partition({0, 0, 1, 1})}, {ranking.layers[0].layer, Partition({0, 0, 0, 1})}}};
  const SplitPlan plan = choose_layers("top_k(k=1, groups=2)", ranking, *model, kShape, base);
  EXPECT_EQ(plan.rule, "by hand + top_k(k=1, groups=2)");
  EXPECT_EQ(plan.partition("fc", 4), Partition({0, 0, 1, 1}));
  EXPECT_EQ(plan.partition(ranking.layers[0].layer, 4), refine(Partition({0, 0, 0, 1}), Partition({0, 1, 0, 1})));
}

TEST(Rules, ErrorsNameTheRule) {
  EXPECT_NE(message_of("top_k(k=42)", shipped()).find("k = 42, the network has only 41 layers"), std::string::npos);
  EXPECT_NE(message_of("topk(k=2)", shipped()).find("Did you mean \"top_k\"?"), std::string::npos);
  EXPECT_NE(message_of("top_k(n=2)", shipped()).find("unknown key"), std::string::npos);
  EXPECT_NE(message_of("top_k(k=-1)", shipped()).find("must be >= 0"), std::string::npos);
}

TEST(Rules, ARankingOfAnotherNetworkIsRefusedAtItsFirstLayer) {
  LayerRanking other = shipped();
  other.layers[0] = {"stem", 4427};
  EXPECT_NE(message_of("top_k(k=2)", other).find("layer \"bn1\" of the network is not in the ranking"),
            std::string::npos);
  other = shipped();
  other.layers.push_back({"layer5.0.conv1", 3});
  EXPECT_NE(message_of("top_k(k=2)", other).find("no layer \"layer5.0.conv1\". Did you mean \"layer1.0.conv1\""),
            std::string::npos);
}

TEST(Rules, GroupsNeedCosinesOfTheSameTasks) {
  auto model = make_network("small_cnn", 4);
  LayerRanking ranking = two_camps(*model);
  const auto choose = [&] { choose_layers("top_k(k=2, groups=2)", ranking, *model, kShape); };
  std::swap(ranking.tasks[0], ranking.tasks[1]);
  test::expect_message<StateError>(choose, "plan \"top_k(k=2, groups=2)\"", "of the tasks T2, T1, T3, T4",
                                   "the network has T1, T2, T3, T4");
  ranking.tasks.clear();
  for (auto& row : ranking.layers) row.cosines.clear();
  test::expect_message<StateError>(choose, "this ranking has none", "reconcile score");
  EXPECT_NE(message_of("parameter_budget(parameters=1, cut=0)", shipped()).find("this ranking has none"),
            std::string::npos);
  EXPECT_NE(message_of("grouped_budget(cut=1)", shipped()).find("this ranking has none"), std::string::npos);
  EXPECT_NE(message_of("top_k(k=1, cut=2)", shipped()).find("cut = 2"), std::string::npos);
  EXPECT_NE(message_of("top_k(k=1, groups=-1)", shipped()).find("must be >= 0"), std::string::npos);
}

TEST(CostTable, ForkAndComputeFollowTheFirstSplitLayer) {
  auto model = make_network("resnet18", 2);
  const auto table = cost_table("none", shipped(), *model, kShape);
  ASSERT_EQ(table.size(), 42U);
  EXPECT_FALSE(table[0].cost.fork);
  EXPECT_EQ(table[1].cost.fork, "bn1");
  EXPECT_EQ(table[8].cost.fork, "conv1");
  EXPECT_EQ(table[25].cost.parameters, 11'383'752);
  const int64_t heads = 2 * 100 * 10;
  EXPECT_EQ(table[41].cost.macs - heads, 2 * (table[0].cost.macs - heads));
  EXPECT_EQ(model->num_parameters(), 11'223'560);
}

TEST(CostTable, ItsRowsAreThePlansOfTheTopK) {
  auto model = make_network("small_cnn", 4);
  const LayerRanking ranking = two_camps(*model);
  for (const std::string grouping : {"groups=2", "cut=0", "groups=3, consistent=false"}) {
    const auto table = cost_table(fmt::format("mac_budget({})", grouping), ranking, *model, kShape);
    ASSERT_EQ(table.size(), 10U);
    for (size_t k = 0; k < table.size(); ++k) {
      const auto plan = choose_layers(fmt::format("top_k(k={}, {})", k, grouping), ranking, *model, kShape);
      const Cost cost = measure_cost(*model, plan, kShape);
      EXPECT_EQ(table[k].cost.parameters, cost.parameters) << grouping << k;
      EXPECT_EQ(table[k].cost.macs, cost.macs) << grouping << k;
    }
    set_copies(*model, {});
  }
}

}  // namespace
}  // namespace reconcile
