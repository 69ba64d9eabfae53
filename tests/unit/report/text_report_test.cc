#include "reconcile/report/text_report.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reconcile/report/report.h"
#include "reconcile/report/summary.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

/// The fixture's pipeline as it was before its last run had finished.
void take_back_the_last_run(Json& summary) {
  const Json run = summary["runs"].back();
  summary["runs"].erase(summary["runs"].size() - 1);
  summary["unfinished"] = {{{"path", run["path"]}, {"kind", run["kind"]}, {"method", run["method"]}, {"seed", 0}}};
}

TEST(TextReport, SaysWhichRunsHaveNotFinishedAndHowFarTheyAre) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    take_back_the_last_run(summary);
    summary["unfinished"].push_back({{"path", "later/seed-0"}, {"kind", "base"}, {"method", "sum"}, {"seed", 0}});
    summary["unfinished"].push_back(
        {{"path", "bad/seed-0"}, {"kind", "base"}, {"method", "sum"}, {"seed", 0}, {"failed", "exit 1"}});
  });
  const Pipeline pipeline = read_pipeline(copy.path());
  const std::string text = pending_sentence(pipeline);
  EXPECT_TRUE(contains(text, "Not finished: 3 of ")) << text;
  EXPECT_TRUE(contains(text, " epochs), later/seed-0 (not begun), bad/seed-0 (failed: exit 1).")) << text;
  EXPECT_TRUE(contains(pipeline_text(pipeline), text));
  EXPECT_TRUE(contains(html_report(copy.path()), "Not finished: 3 of "));
  EXPECT_FALSE(is_finished(copy.path()));
}

TEST(TextReport, APipelineOfWhichNothingHasFinishedStillRenders) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    summary["unfinished"] = Json::array();
    for (int i = 0; i < 12; ++i) {
      summary["unfinished"].push_back(
          {{"path", fmt::format("base-{}/seed-0", i)}, {"kind", "base"}, {"method", "sum"}, {"seed", 0}});
    }
    for (const char* list : {"runs", "rows", "ranking", "costs"}) summary[list] = Json::array();
    summary["plan"] = nullptr;
  });
  const std::string text = console_report(copy.path());
  EXPECT_TRUE(contains(text, "Not finished: 12 of 12 runs: base-0/seed-0 (not begun), ")) << text;
  EXPECT_TRUE(contains(text, "base-7/seed-0 (not begun) and 4 more.")) << text;
  EXPECT_TRUE(contains(html_report(copy.path()), "</html>"));
}

TEST(TextReport, AFinishedPipelineSpeaksOfNothingMissing) {
  EXPECT_EQ(pending_sentence(read_pipeline(fixture("pipeline"))), "");
  EXPECT_TRUE(is_finished(fixture("pipeline")));
  EXPECT_FALSE(contains(html_report(fixture("pipeline")), "Not finished: "));
}

TEST(TextReport, OnlyARefreshingPageLoadsItselfAnew) {
  const std::string page = html_report(fixture("pipeline"));
  EXPECT_FALSE(contains(page, "http-equiv=\"refresh\""));
  EXPECT_TRUE(contains(refreshing(page, 7), "<head>\n<meta http-equiv=\"refresh\" content=\"7\">\n"));
}

TEST(TextReport, DrawsTheCosinesOfTheSearch) {
  const std::string text = console_report(fixture("pipeline"));
  EXPECT_TRUE(contains(text, "Cosines of the tasks' gradients, "));
  EXPECT_TRUE(contains(text, "  -1 ▁"));
}

TEST(TextReport, ALongRunIsShownInFewRowsAndItsLastEpoch) {
  RunLog log;
  log.num_epochs = 100;
  log.tasks = {"T1"};
  for (int64_t i = 1; i <= 100; ++i) {
    const double loss = 101 - static_cast<double>(i);
    log.epochs.push_back({.epoch = i, .train = {{"T1", {{"loss", loss}}}}});
  }
  const std::string text = run_text(log);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 25);
  EXPECT_TRUE(contains(text, "\n100 "));
  EXPECT_TRUE(contains(text, "100.0000 →   1.0000  ███▇▇▇")) << text;
}

TEST(TextReport, ASweepIsReadLikeAPipeline) {
  const Copy copy("pipeline");
  Json sweep = Json::parse(copy.read("summary.json"));
  sweep["name"] = "A sweep";
  sweep["fingerprint"] = nullptr;
  for (const char* key : {"ranking", "costs", "plan", "search"}) sweep.erase(key);
  copy.write("sweep.json", sweep.dump());
  EXPECT_EQ(summary_path(copy.path()).filename(), "sweep.json");
  EXPECT_TRUE(contains(console_report(copy.path()), "A sweep: "));
  EXPECT_TRUE(contains(html_report(copy.path()), "not recorded: every run of a sweep reads the data for itself"));
}

}  // namespace
}  // namespace reconcile::report
