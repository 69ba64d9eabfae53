#include <gtest/gtest.h>

#include "reconcile/report/comparison.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

RunLog mixed_log() {
  RunLog log{.dataset = "fields", .model = "net", .method = "sum", .kind = "train"};
  log.tasks = {"seg", "depth", "sal"};
  log.num_epochs = 1;
  log.epochs.push_back({.epoch = 1,
                        .seconds = 1,
                        .seconds_per_step = 0.1,
                        .train = {{"seg", {{"loss", 1}}}, {"depth", {{"loss", 2}}}, {"sal", {{"loss", 3}}}},
                        .validation = {{"seg", {{"miou", 0.5}, {"loss", 1}}},
                                       {"depth", {{"abs_err", 0.25}, {"loss", 1}}},
                                       {"sal", {{"miou", 0.125}}}}});
  log.finished = true;
  log.test = {{"seg", {{"miou", 0.5}}}, {"depth", {{"abs_err", 0.25}}}, {"sal", {}}};
  return log;
}

TEST(CurveSection, TasksThatAreMeasuredAlikeShareADrawing) {
  const std::string html = curve_figures(mixed_log());
  EXPECT_TRUE(contains(html, "Curves over epochs: validation miou"));
  EXPECT_TRUE(contains(html, "Curves over epochs: validation abs_err"));
  EXPECT_EQ(html.find("Curves over epochs: validation miou"), html.rfind("Curves over epochs: validation miou"));
  EXPECT_TRUE(contains(html, "Curves over epochs: training loss"));
}

TEST(CurveSection, NothingIsDrawnOfWhatNoEpochHas) {
  RunLog log = mixed_log();
  log.epochs[0].validation = {{"seg", {}}};
  EXPECT_TRUE(contains(curve_figures(log), "there was no validation"));
}

TEST(Headline, NamesEveryMetricWithItsUnit) {
  EXPECT_TRUE(contains(headline(mixed_log()), "Test: seg miou 50.00 %, depth abs_err 0.2500."));
}

TEST(Comparison, ColumnsFollowTheCriteriaOfEachTask) {
  Pipeline pipeline;
  pipeline.tasks = {"seg", "depth"};
  Row row{.label = "sum", .kind = "base"};
  row.metrics = {
      {"seg", {{"miou", {0.5, kMissing, 1}}, {"pixel_accuracy", {0.75, kMissing, 1}}, {"loss", {1, kMissing, 1}}}},
      {"depth", {{"abs_err", {0.123456, 0.01, 2}}}}};
  pipeline.rows = {row};
  const Table table = comparison_table(pipeline);
  EXPECT_EQ(table.columns,
            (std::vector<std::string>{"method", "seg miou % ↑", "seg pixel_accuracy % ↑", "depth abs_err ↓"}));
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"sum", "50.00", "75.00", "0.1235 ± 0.0100"}));
}

}  // namespace
}  // namespace reconcile::report
