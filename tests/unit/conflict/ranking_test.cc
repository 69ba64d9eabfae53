#include "reconcile/conflict/ranking.h"

#include <gtest/gtest.h>

#include <fstream>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

Json run_record() {
  return {{"type", "run"},
          {"thresholds", {0.0, -0.1}},
          {"tasks", {{{"name", "x"}}, {{"name", "y"}}}},
          {"layers", {{{"name", "a"}, {"size", 1}}, {{"name", "b"}, {"size", 1}}, {{"name", "c"}, {"size", 1}}}}};
}

/// Counts below -0.1 of layers a, b, c in two rows, as old records have them: one a pair, and no mean cosines.
Json epoch_record(int64_t epoch, std::vector<int64_t> a, std::vector<int64_t> b, std::vector<int64_t> c) {
  Json layers = Json::array();
  int i = 0;
  for (const auto& counts : {a, b, c}) {
    layers.push_back(
        {{"name", std::string(1, static_cast<char>('a' + i++))}, {"below", {{9, counts[0]}, {9, counts[1]}}}});
  }
  return {{"type", "conflict"}, {"epoch", epoch}, {"iterations", 10}, {"layers", layers}};
}

std::vector<std::string> names(const LayerRanking& ranking) {
  std::vector<std::string> result;
  for (const auto& row : ranking.layers) result.push_back(row.layer);
  return result;
}

TEST(RankLayers, SumsOverPairsAndEpochsAndKeepsTiesInDefinitionOrder) {
  const auto ranking = rank_layers(
      {run_record(), epoch_record(1, {1, 1}, {0, 2}, {3, 0}), epoch_record(2, {1, 0}, {0, 1}, {2, 2})}, -0.1, {});
  EXPECT_EQ(names(ranking), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(ranking.layers[0].score, 7);
  EXPECT_EQ(ranking.layers[1].score, 3);
}

TEST(RankLayers, AWindowCountsItsEpochsOnly) {
  const std::vector<Json> records{run_record(), epoch_record(1, {9, 0}, {0, 0}, {0, 0}),
                                  epoch_record(2, {0, 0}, {1, 0}, {0, 0})};
  EXPECT_EQ(rank_layers(records, -0.1, {2, 2}).layers[0].layer, "b");
  EXPECT_EQ(rank_layers(records, -0.1, {1, 1}).layers[0].layer, "a");
  EXPECT_THROW(rank_layers(records, -0.1, {3, 5}), InvalidArgument);
}

TEST(RankLayers, RefusesRecordsThatAreNone) {
  const auto refuses = [](const std::string& path, const Json& value, const std::string& part) {
    std::vector<Json> records{run_record(), epoch_record(1, {1, 1}, {0, 2}, {3, 0})};
    records[1][Json::json_pointer(path)] = value;
    test::expect_message<DataError>([&] { rank_layers(records, -0.1, {}); },
                                    "the records are not those of a run: ", part);
  };
  refuses("/type", 3, "must be string");
  refuses("/layers/0/below", {{1}}, "out of range");
  refuses("/layers/0/below/0/1", -1, "-1 is no number of steps");
  refuses("/layers/0/below/0/1", 1e300, "1e+300 is no number of steps");
  test::expect_message<DataError>([] { rank_layers({Json::object()}, -0.1, {}); }, "key 'type' not found");
}

TEST(RankLayers, MeanCosinesAreWeightedByTheStepsOfTheirEpochs) {
  const auto epoch = [](int64_t number, int64_t steps, double a, double b) {
    Json layers = Json::array();
    for (const auto& [name, cosine] : {std::pair{"a", a}, {"b", b}, {"c", 0.0}}) {
      layers.push_back({{"name", name}, {"below", {{0, 0}}}, {"cosine", {cosine}}});
    }
    return Json{{"type", "conflict"}, {"epoch", number}, {"iterations", steps}, {"layers", layers}};
  };
  const std::vector<Json> records{run_record(), epoch(1, 10, 0.5, -0.2), epoch(2, 30, -0.1, -0.2)};
  const LayerRanking ranking = rank_layers(records, 0.0, {});
  EXPECT_EQ(ranking.tasks, (std::vector<std::string>{"x", "y"}));
  EXPECT_DOUBLE_EQ(ranking.layers[0].cosines.at(0), 0.05);
  EXPECT_DOUBLE_EQ(ranking.layers[1].cosines.at(0), -0.2);
  EXPECT_DOUBLE_EQ(rank_layers(records, 0.0, {2, 2}).layers[0].cosines.at(0), -0.1);
}

TEST(RankLayers, OldRecordsGiveNoCosines) {
  const auto ranking = rank_layers({run_record(), epoch_record(1, {1, 1}, {0, 2}, {3, 0})}, -0.1, {});
  EXPECT_TRUE(ranking.tasks.empty());
  EXPECT_TRUE(ranking.layers[0].cosines.empty());
}

TEST(RankLayers, UnrecordedThresholdAndUnrecordedRunAreErrors) {
  EXPECT_THROW(rank_layers({run_record(), epoch_record(1, {0, 0}, {0, 0}, {0, 0})}, -0.07, {}), InvalidArgument);
  EXPECT_THROW(rank_layers({run_record()}, -0.1, {}), DataError);
}

TEST(RankingDistance, IsTheMeanDisplacement) {
  const LayerRanking a{{{"x", 3}, {"y", 2}, {"z", 1}}};
  const LayerRanking b{{{"z", 3}, {"y", 2}, {"x", 1}}};
  EXPECT_DOUBLE_EQ(ranking_distance(a, a), 0.0);
  EXPECT_DOUBLE_EQ(ranking_distance(a, b), 4.0 / 3.0);
  EXPECT_THROW(ranking_distance(a, {{{"x", 1}, {"y", 1}, {"w", 1}}}), InvalidArgument);
  EXPECT_THROW(ranking_distance(a, {{{"x", 1}}}), InvalidArgument);
}

TEST(ReadRanking, TakesTheOfficialFilesInTheirOrder) {
  const std::filesystem::path folder = RECONCILE_SOURCE_DIR "/tests/data/rankings";
  const auto mnist = read_ranking(folder / "mnist_S-0.1.json");
  ASSERT_EQ(mnist.layers.size(), 41U);
  EXPECT_EQ(mnist.layers.front().layer, "bn1");
  EXPECT_EQ(mnist.layers.front().score, 4427);
  EXPECT_EQ(read_ranking(folder / "cityscapes_S0.0.json").layers.size(), 52U);
  EXPECT_EQ(read_ranking(folder / "nyuv2_S-0.02.json").layers.size(), 72U);
}

TEST(ReadRanking, KeepsCosinesAndTheirTasks) {
  const LayerRanking ranking{{{"a", 3, {0.25, -0.5, 0.125}}, {"b", 2, {0, 0, 1}}}, {"x", "y", "z"}};
  const test::TemporaryFolder folder;
  const LayerRanking back = read_ranking(folder.write("ranking.json", ranking_to_json(ranking, Json::object()).dump()));
  EXPECT_EQ(back.tasks, ranking.tasks);
  EXPECT_EQ(back.layers[0].cosines, ranking.layers[0].cosines);
  Json damaged = ranking_to_json(ranking, Json::object());
  damaged["layers"][1]["cosines"].erase(0);
  const auto path = folder.write("damaged.json", damaged.dump());
  test::expect_message<DataError>([&] { read_ranking(path); }, "layer \"b\" has 2 cosines for 3 pairs of tasks");
}

TEST(ReadRanking, ReadsItsOwnFilesAndRefusesOthers) {
  const LayerRanking ranking{{{"x", 3}, {"y", 2}}};
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
