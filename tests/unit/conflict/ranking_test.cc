#include "reconcile/conflict/ranking.h"

#include <gtest/gtest.h>

#include <fstream>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

Json run_record() {
  return {{"type", "run"},
          {"thresholds", {0.0, -0.1}},
          {"layers", {{{"name", "a"}, {"size", 1}}, {{"name", "b"}, {"size", 1}}, {{"name", "c"}, {"size", 1}}}}};
}

/// Counts below -0.1 of layers a, b, c for two pairs of tasks.
Json epoch_record(int64_t epoch, std::vector<int64_t> a, std::vector<int64_t> b, std::vector<int64_t> c) {
  Json layers = Json::array();
  int i = 0;
  for (const auto& counts : {a, b, c}) {
    layers.push_back(
        {{"name", std::string(1, static_cast<char>('a' + i++))}, {"below", {{9, counts[0]}, {9, counts[1]}}}});
  }
  return {{"type", "conflict"}, {"epoch", epoch}, {"layers", layers}};
}

std::vector<std::string> names(const LayerRanking& ranking) {
  std::vector<std::string> result;
  for (const auto& row : ranking) result.push_back(row.layer);
  return result;
}

TEST(RankLayers, SumsOverPairsAndEpochsAndKeepsTiesInDefinitionOrder) {
  const auto ranking = rank_layers(
      {run_record(), epoch_record(1, {1, 1}, {0, 2}, {3, 0}), epoch_record(2, {1, 0}, {0, 1}, {2, 2})}, -0.1, {});
  EXPECT_EQ(names(ranking), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(ranking[0].score, 7);
  EXPECT_EQ(ranking[1].score, 3);
}

TEST(RankLayers, AWindowCountsItsEpochsOnly) {
  const std::vector<Json> records{run_record(), epoch_record(1, {9, 0}, {0, 0}, {0, 0}),
                                  epoch_record(2, {0, 0}, {1, 0}, {0, 0})};
  EXPECT_EQ(rank_layers(records, -0.1, {2, 2})[0].layer, "b");
  EXPECT_EQ(rank_layers(records, -0.1, {1, 1})[0].layer, "a");
  EXPECT_THROW(rank_layers(records, -0.1, {3, 5}), InvalidArgument);
}

TEST(RankLayers, UnrecordedThresholdAndUnrecordedRunAreErrors) {
  EXPECT_THROW(rank_layers({run_record(), epoch_record(1, {0, 0}, {0, 0}, {0, 0})}, -0.07, {}), InvalidArgument);
  EXPECT_THROW(rank_layers({run_record()}, -0.1, {}), DataError);
}

TEST(RankingDistance, IsTheMeanDisplacement) {
  const LayerRanking a{{"x", 3}, {"y", 2}, {"z", 1}};
  const LayerRanking b{{"z", 3}, {"y", 2}, {"x", 1}};
  EXPECT_DOUBLE_EQ(ranking_distance(a, a), 0.0);
  EXPECT_DOUBLE_EQ(ranking_distance(a, b), 4.0 / 3.0);
  EXPECT_THROW(ranking_distance(a, {{"x", 1}, {"y", 1}, {"w", 1}}), InvalidArgument);
  EXPECT_THROW(ranking_distance(a, {{"x", 1}}), InvalidArgument);
}

TEST(ReadRanking, TakesTheOfficialFilesInTheirOrder) {
  const std::filesystem::path folder = RECONCILE_SOURCE_DIR "/tests/data/rankings";
  const auto mnist = read_ranking(folder / "mnist_S-0.1.json");
  ASSERT_EQ(mnist.size(), 41U);
  EXPECT_EQ(mnist.front().layer, "bn1");
  EXPECT_EQ(mnist.front().score, 4427);
  EXPECT_EQ(read_ranking(folder / "cityscapes_S0.0.json").size(), 52U);
  EXPECT_EQ(read_ranking(folder / "nyuv2_S-0.02.json").size(), 72U);
}

TEST(ReadRanking, ReadsItsOwnFilesAndRefusesOthers) {
  const LayerRanking ranking{{"x", 3}, {"y", 2}};
  const auto path = std::filesystem::path(testing::TempDir()) / "ranking.json";
  std::ofstream(path) << ranking_to_json(ranking, {{"threshold", -0.1}}).dump();
  EXPECT_EQ(names(read_ranking(path)), (std::vector<std::string>{"x", "y"}));
  for (const char* text : {"[1, 2]", "{\"x\": \"many\"}", "{\"format\": \"reconcile-ranking\"}", "nonsense"}) {
    std::ofstream(path) << text;
    EXPECT_THROW(read_ranking(path), DataError) << text;
  }
}

}  // namespace
}  // namespace reconcile
