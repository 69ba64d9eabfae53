#include "reconcile/convert/plan.h"

#include <gtest/gtest.h>

#include <fstream>

#include "reconcile/base/error.h"
#include "reconcile/convert/cost.h"
#include "reconcile/convert/legacy_permutation.h"
#include "unit/convert/networks.h"

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

TEST(Plan, SizesOfThePaperComeOutToTheDigit) {
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
TEST(Plan, ControlsOfThePaperComeOutToTheDigit) {
  EXPECT_NEAR(megabytes("random(k=25, seed=0)"), 73.02, 0.005);
  EXPECT_NEAR(megabytes("random(k=25, seed=1)"), 83.63, 0.005);
  EXPECT_NEAR(megabytes("random(k=25, seed=2)"), 76.33, 0.005);
  EXPECT_NEAR(megabytes("random_matched(k=25, seed=0, match=recon)"), 52.25, 0.005);
  EXPECT_NEAR(megabytes("random_matched(k=25, seed=1, match=recon)"), 51.96, 0.005);
  EXPECT_NEAR(megabytes("random_matched(k=25, seed=2, match=recon)"), 47.50, 0.005);
  EXPECT_NEAR(megabytes("first(k=25)"), 48.90, 0.005);
  EXPECT_NEAR(megabytes("last(k=25)"), 84.17, 0.005);
}

TEST(Plan, HonestRandomControlStaysWithinTheBudget) {
  for (const char* rule :
       {"random_matched(k=25, seed=0)", "random_matched(k=25, seed=1)", "parameter_budget(parameters=160192)"}) {
    const double size = megabytes(rule);
    EXPECT_LE(size, 43.4261) << rule;
    EXPECT_GT(size, 42.8142) << rule;
  }
}

TEST(Plan, ThresholdTakesAllLayersWithEnoughScore) {
  auto model = make_network("resnet18", 2);
  EXPECT_EQ(choose_layers("threshold(min_score=52)", shipped(), *model, kShape).layers.size(), 25U);
  EXPECT_EQ(choose_layers("batch_norm", {}, *model, kShape).layers.size(), 20U);
  EXPECT_EQ(choose_layers("all", {}, *model, kShape).layers.size(), 41U);
}

TEST(Plan, MacBudgetIsKeptAndTheModelIsLeftAsItWas) {
  auto model = make_network("resnet18", 2);
  const Cost before = measure_cost(*model, kShape);
  const SplitPlan plan = choose_layers("mac_budget(factor=1.3)", shipped(), *model, kShape);
  EXPECT_EQ(measure_cost(*model, kShape).macs, before.macs);
  EXPECT_GT(plan.layers.size(), 0U);
  for (const auto& [layer, groups] : plan.layers) model->layer(layer)->split(groups, CopyInit::kEqual, Rng(0));
  EXPECT_LE(static_cast<double>(measure_cost(*model, kShape).macs), 1.3 * static_cast<double>(before.macs));
}

TEST(Plan, ErrorsNameTheRule) {
  EXPECT_NE(message_of("top_k(k=42)", shipped()).find("k = 42, the network has only 41 layers"), std::string::npos);
  EXPECT_NE(message_of("topk(k=2)", shipped()).find("Did you mean \"top_k\"?"), std::string::npos);
  EXPECT_NE(message_of("top_k(n=2)", shipped()).find("unknown key"), std::string::npos);
  EXPECT_NE(message_of("top_k(k=-1)", shipped()).find("must be >= 0"), std::string::npos);
}

TEST(Plan, ARankingOfAnotherNetworkIsRefusedAtItsFirstLayer) {
  LayerRanking other = shipped();
  other[0] = {"stem", 4427};
  EXPECT_NE(message_of("top_k(k=2)", other).find("layer \"bn1\" of the network is not in the ranking"),
            std::string::npos);
  other = shipped();
  other.push_back({"layer5.0.conv1", 3});
  EXPECT_NE(message_of("top_k(k=2)", other).find("no layer \"layer5.0.conv1\". Did you mean \"layer1.0.conv1\""),
            std::string::npos);
}

TEST(Plan, FileRoundTripAndItsErrors) {
  auto model = make_network("small_cnn", 3);
  SplitPlan plan{"by hand", {{"block1.bn", Partition({0, 1, 0})}}};
  const auto path = std::filesystem::path(testing::TempDir()) / "plan.json";
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  write(plan_to_json(plan, model->task_names()).dump());
  const SplitPlan back = read_plan(path, *model);
  EXPECT_EQ(back.layers, plan.layers);
  write("{}");
  EXPECT_THROW(read_plan(path, *model), DataError);
  write("{\"format\": \"reconcile-plan\", \"rule\": 1}");
  EXPECT_THROW(read_plan(path, *model), DataError);
  write(
      R"({"format": "reconcile-plan", "rule": "x", "layers": [{"name": "nope", "groups": [["T1"], ["T2"], ["T3"]]}]})");
  EXPECT_THROW(read_plan(path, *model), StateError);
  write(R"({"format": "reconcile-plan", "rule": "x", "layers": [{"name": "fc", "groups": [["T1"], ["depth"]]}]})");
  EXPECT_THROW(read_plan(path, *model), StateError);
}

TEST(Cost, ForkAndComputeFollowTheFirstSplitLayer) {
  auto model = make_network("resnet18", 2);
  const auto table = cost_table(*model, shipped(), kShape);
  ASSERT_EQ(table.size(), 42U);
  EXPECT_FALSE(table[0].cost.fork);
  EXPECT_EQ(table[1].cost.fork, "bn1");
  EXPECT_EQ(table[8].cost.fork, "conv1");
  EXPECT_EQ(table[25].cost.parameters, 11'383'752);
  const int64_t heads = 2 * 100 * 10;
  EXPECT_EQ(table[41].cost.macs - heads, 2 * (table[0].cost.macs - heads));
  EXPECT_EQ(model->num_parameters(), 11'223'560);
}

// 3x3 convolution 1 -> 16 on 36x36 with padding: 9 * 16 * 36 * 36; batch norm: one per output element.
TEST(Cost, MultiplyAccumulatesOfOneLayerAreExact) {
  auto model = make_network("small_cnn", 2);
  const auto calls = model->trace(kShape);
  EXPECT_EQ(calls[0].macs, 9 * 16 * 36 * 36);
  EXPECT_EQ(calls[1].macs, 16 * 36 * 36);
  EXPECT_EQ(calls[0].activations, 16 * 36 * 36);
}

// Made with: python3 -c "import numpy as np; np.random.seed(0); print(np.random.permutation(41)[:5])"
TEST(LegacyPermutation, IsNumPys) {
  const auto order = legacy_permutation(0, 41);
  EXPECT_EQ(std::vector<int64_t>(order.begin(), order.begin() + 5), (std::vector<int64_t>{25, 35, 29, 4, 10}));
}

}  // namespace
}  // namespace reconcile
