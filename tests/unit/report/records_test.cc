#include "reconcile/report/records.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/report/charts.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

std::string pipeline_error(const Copy& copy) {
  return message_of<DataError>([&] { read_pipeline(copy.path()); });
}

std::string run_error(const Copy& copy) {
  return message_of<DataError>([&] { read_run_log(copy.path()); });
}

TEST(Records, ReadsEveryPartOfAPipeline) {
  const auto pipeline = read_pipeline(fixture("pipeline"));
  EXPECT_EQ(pipeline.tasks, (std::vector<std::string>{"T1", "T2"}));
  EXPECT_EQ(pipeline.seeds, (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(pipeline.rows.size(), 5u);
  EXPECT_EQ(pipeline.rows[0].label, "Single-task");
  EXPECT_EQ(pipeline.rows[0].delta_m.n, 0);
  EXPECT_EQ(pipeline.rows[4].metrics[1].first, "T2");
  EXPECT_EQ(pipeline.rows[4].metrics[1].second[0].second.n, 2);
  EXPECT_EQ(pipeline.runs.size(), 13u);
  EXPECT_EQ(pipeline.ranking[0].layer, "fc1");
  EXPECT_EQ(pipeline.costs.size(), 13u);
  ASSERT_TRUE(pipeline.plan && pipeline.search);
  EXPECT_EQ(pipeline.plan->fork, "conv5");
  EXPECT_EQ(pipeline.search->threshold, -0.1);
  EXPECT_TRUE(contains(pipeline.config, R"x(methods = ["sum","cagrad(c=0.2)"])x")) << pipeline.config;
}

TEST(Records, EveryKeyOfTheExperimentSaysWhereItComesFrom) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    summary["origins"] = {{"train", "demo.toml:3"}, {"train.epochs", "--set"}, {"data.name", "demo.toml:2"}};
  });
  const std::string config = read_pipeline(copy.path()).config;
  EXPECT_TRUE(contains(config, "\n[train]\n")) << config;
  EXPECT_TRUE(contains(config, "epochs = 6                                # --set\n")) << config;
  EXPECT_TRUE(contains(config, "name = \"glyphs\"                           # demo.toml:2\n")) << config;
  EXPECT_TRUE(contains(config, "learning_rate = 0.001                     # default\n")) << config;
}

TEST(Records, ReadsEveryPartOfARun) {
  const auto log = read_run_log(fixture("train"));
  EXPECT_EQ(log.method, "cagrad(c=0.2)");
  EXPECT_EQ(log.epochs.size(), 3u);
  EXPECT_EQ(log.conflicts.size(), 3u);
  EXPECT_EQ(log.conflicts[2].layers.size(), 12u);
  EXPECT_EQ(log.conflicts[2].layers[0].name, "conv1");
  EXPECT_EQ(log.conflicts[2].whole.below[0].size(), log.thresholds.size());
  EXPECT_TRUE(log.finished);
}

TEST(Records, OlderPlansHaveACopyForEachTask) {
  EXPECT_EQ(read_pipeline(fixture("pipeline")).plan->copies, std::vector<int64_t>(4, 2));
  const Copy copy("pipeline");
  copy.edit([](Json& summary) { summary["plan"]["copies"] = {3, 2, 3, 3}; });
  EXPECT_EQ(read_pipeline(copy.path()).plan->copies, (std::vector<int64_t>{3, 2, 3, 3}));
}

// A layer's pairs are counted together; older records have a row for each pair, as the whole vector has.
TEST(Records, LayersOfManyPairsAreReadInBothForms) {
  const std::string counts = Json(std::vector<int>(40, 0)).dump();
  const std::string whole = fmt::format(R"({{"histogram": [{0}, {0}, {0}], "below": [[1], [2], [3]]}})", counts);
  const std::string summed = fmt::format(R"({{"name": "a", "histogram": [{}], "below": [[6]]}})", counts);
  const std::string old = R"({"name": "a", )" + whole.substr(1);
  for (const std::string& layer : {summed, old}) {
    const Copy copy("train");
    Json header = Json::parse(copy.read("run.jsonl").substr(0, copy.read("run.jsonl").find('\n')));
    header["thresholds"] = {0.0};
    copy.write("run.jsonl", header.dump() + R"(
{"type": "conflict", "epoch": 1, "iterations": 4, "pairs": [["x", "y"], ["x", "z"], ["y", "z"]], "whole": )" +
                                whole + R"(, "layers": [)" + layer + "]}\n");
    auto log = read_run_log(copy.path());
    EXPECT_DOUBLE_EQ(share_below(log.conflicts[0], log.conflicts[0].layers[0], 0), 0.5);
    log.conflicts.push_back(log.conflicts[0]);
    log.conflicts[1].iterations = 0;  // every step of this epoch was left out
    EXPECT_DOUBLE_EQ(mean_share(log, 0, 2, 0, 0), 0.5);
    EXPECT_TRUE(std::isnan(mean_share(log, 1, 2, 0, 0)));
  }
}

TEST(Records, ReadsNumbersThatAreNotFinite) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    summary["rows"][1]["delta_m"] = {{"mean", "nan"}, {"sd", "inf"}, {"n", 2}};
    summary["rows"][2]["seconds_per_step"] = "-inf";
  });
  const auto pipeline = read_pipeline(copy.path());
  EXPECT_TRUE(std::isnan(pipeline.rows[1].delta_m.mean));
  EXPECT_EQ(pipeline.rows[1].delta_m.sd, INFINITY);
  EXPECT_EQ(pipeline.rows[2].seconds_per_step, -INFINITY);
}

TEST(Records, ToleratesALastLineThatIsCutShort) {
  const Copy copy("train");
  const std::string text = copy.read("run.jsonl");
  copy.write("run.jsonl", text.substr(0, text.size() - 20));
  const auto log = read_run_log(copy.path());
  EXPECT_EQ(log.epochs.size(), 3u);
  EXPECT_FALSE(log.finished);
}

TEST(Records, NamesTheLineThatIsDamaged) {
  const Copy copy("train");
  std::string text = copy.read("run.jsonl");
  text[text.find('\n') + 5] = '\0';
  copy.write("run.jsonl", text);
  EXPECT_TRUE(contains(run_error(copy), "run.jsonl:2: not JSON from byte ")) << run_error(copy);
}

TEST(Records, RefusesARunWithoutAWholeLine) {
  const Copy copy("train");
  copy.write("run.jsonl", "{\"type\":\"run\"");
  EXPECT_TRUE(contains(run_error(copy), "holds no whole line")) << run_error(copy);
}

TEST(Records, RefusesRecordsOutOfOrderOrUnknown) {
  const Copy copy("train");
  const std::string text = copy.read("run.jsonl");
  copy.write("run.jsonl", text.substr(text.find('\n') + 1));
  EXPECT_TRUE(contains(run_error(copy), ":1: type is \"epoch\", must be \"run\" in the first line")) << run_error(copy);
  copy.write("run.jsonl", text + text.substr(0, text.find('\n') + 1));
  EXPECT_TRUE(contains(run_error(copy), "must be \"run\" only once")) << run_error(copy);
  copy.write("run.jsonl", text + "{\"type\":\"pause\"}\n");
  EXPECT_TRUE(contains(run_error(copy), "type is \"pause\", must be run, epoch, conflict, nonfinite or end"))
      << run_error(copy);
}

TEST(Records, RefusesAnotherSchemaVersion) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) { summary["schema_version"] = 3; });
  EXPECT_TRUE(contains(pipeline_error(copy), "schema_version is 3, must be 1 to 2: this reconcile reads no other"))
      << pipeline_error(copy);
}

TEST(Records, NamesTheLineOfADamagedSummary) {
  const Copy copy("pipeline");
  copy.write("summary.json", "{\n\n\"schema_version\": 1,\n oops");
  EXPECT_TRUE(contains(pipeline_error(copy), "summary.json: not JSON from byte")) << pipeline_error(copy);
  EXPECT_TRUE(contains(pipeline_error(copy), "(line 4)")) << pipeline_error(copy);
}

TEST(Records, NamesThePlaceOfAMissingKey) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) { summary["rows"][2].erase("label"); });
  EXPECT_TRUE(contains(pipeline_error(copy), "summary.json: rows[2].label is missing")) << pipeline_error(copy);
}

TEST(Records, NamesThePlaceTheValueAndTheRule) {
  const std::pair<std::function<void(Json&)>, std::string> cases[] = {
      {[](Json& s) { s["rows"][0]["label"] = 3; }, "rows[0].label is 3, must be text"},
      {[](Json& s) { s["rows"][0]["megabytes"] = "big"; }, "rows[0].megabytes is \"big\", must be a number"},
      {[](Json& s) { s["seeds"][1] = 0.5; }, "seeds[1] is 0.5, must be a whole number"},
      {[](Json& s) { s["runs"] = Json::object(); }, "runs is {}, must be a list"},
      {[](Json& s) { s["rows"][0]["metrics"] = Json::array(); }, "rows[0].metrics is [], must be an object"},
      {[](Json& s) { s["plan"] = 1; }, "plan is 1, must be an object"},
      {[](Json& s) { s["plan"]["copies"] = Json::array({2}); }, "must be one number for each of "},
      {[](Json& s) { s["config"] = "x"; }, "config is \"x\", must be an object"},
      {[](Json& s) { s["runs"][5]["conflict"]["pairs"][0] = Json::array({"T1"}); }, "must be two task names"},
      {[](Json& s) { s["runs"][5]["conflict"]["histogram"][0].erase(3); }, "must be 40 counts"},
      {[](Json& s) { s["runs"][5]["conflict"]["histogram"] = Json::array(); }, "must be one list for each of 1 pairs"}};
  for (const auto& [change, message] : cases) {
    const Copy copy("pipeline");
    copy.edit(change);
    EXPECT_TRUE(contains(pipeline_error(copy), message)) << pipeline_error(copy);
  }
  const Copy copy("pipeline");
  copy.write("summary.json", "[1]");
  EXPECT_TRUE(contains(pipeline_error(copy), "the document is [1], must be an object")) << pipeline_error(copy);
}

TEST(Records, RunsWithoutALogStayInThePipeline) {
  const Copy copy("pipeline");
  std::filesystem::remove_all(copy.path() / "base-sum");
  const auto pipeline = read_pipeline(copy.path());
  EXPECT_EQ(pipeline.runs.size(), 13u);
  EXPECT_FALSE(pipeline.runs[5].log);
}

}  // namespace
}  // namespace reconcile::report
