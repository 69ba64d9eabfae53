#include "reconcile/report/compare.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "reconcile/report/copy_box.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/study_page.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

const ComparisonRequest kRequest{.directories = {fixture("comparison")}, .base = "sum, optimizer.lr=0.1"};

/// Contenders with one number a task and seed: accuracies[contender][seed][task].
Study two_task_study(const std::vector<std::vector<std::vector<double>>>& accuracies) {
  Study study{.tasks = {"a", "b"}, .kinds = {"classification", "classification"}};
  for (size_t i = 0; i < accuracies.size(); ++i) {
    Contender contender{.label = "m" + std::to_string(i), .method = "m", .kind = "base"};
    for (size_t s = 0; s < accuracies[i].size(); ++s) {
      contender.seeds.push_back({.seed = static_cast<int64_t>(s)});
      auto& metrics = contender.seeds.back().by_protocol[0].metrics;
      for (size_t t = 0; t < 2; ++t) metrics.push_back({study.tasks[t], {{"accuracy", accuracies[i][s][t]}}});
    }
    study.contenders.push_back(contender);
  }
  return study;
}

TEST(Compare, TheConsoleSaysWhoIsFirstByHowMuchAndUnderWhichProtocol) {
  const std::string text = console_comparison(kRequest);
  for (const char* part :
       {"gls, optimizer.lr=0.1 comes first: delta m +3.13 ± 0.25 %", "Against sum, optimizer.lr=0.1\n",
        "not distinguishable\n", "one seed: nothing can be said about noise\n",
        "comes first under each of the 4 protocols", "validation, mean of the last 10 epochs"})
    EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
}

TEST(Compare, CsvHasAllDigitsAndJsonEverySeed) {
  EXPECT_TRUE(contains(csv_comparison(kRequest), "\n\"gls, optimizer.lr=0.1\",base,gls,"));
  const Json document = Json::parse(json_comparison(kRequest));
  EXPECT_EQ(document["base"], "sum, optimizer.lr=0.1");
  EXPECT_EQ(document["rows"].size(), 6u);
  const Json& seed = document["rows"][1]["seeds"][2];
  EXPECT_EQ(seed["seed"], 2);
  EXPECT_TRUE(seed["test, last epoch"]["metrics"]["scene"]["accuracy"].is_number());
  EXPECT_TRUE(seed["validation, mean of the last 10 epochs"]["delta_m_flat"].is_number());
  EXPECT_EQ(document["differences"].size(), 4u * 5u);
}

TEST(Compare, MarkdownAndLatexHoldTheSameRows) {
  EXPECT_TRUE(contains(markdown_comparison(kRequest), "| gls, optimizer.lr=0.1 | "));
  EXPECT_TRUE(contains(latex_comparison(kRequest), "\ngls, optimizer.lr=0.1 & "));
}

TEST(Compare, ThePageNeedsNoNetworkAndHasEveryPart) {
  const std::string html = html_comparison(kRequest);
  for (const char* part :
       {"<h1>6 ways to train on rooms</h1>", "comes first with +3.13&#160;%",
        "lines that cross trade one task for another", "<summary>LaTeX <button", "download=\"methods.csv\"",
        "download=\"tasks.csv\"", "download=\"trade-off.csv\"", "Against sum, optimizer.lr=0.1: Differences",
        "<td>not distinguishable</td>", "scene accuracy: difference (points)", "validation, mean of the last 10 epochs",
        "comparison/slow/sum</td>"})
    EXPECT_TRUE(contains(html, part)) << part;
  for (const char* wrong : {"nan", "<svg></svg>", "src=\"http"}) EXPECT_FALSE(contains(html, wrong)) << wrong;
  EXPECT_EQ(count(html, "<svg "), count(html, "aria-label=\""));
}

TEST(Compare, OneWayIsNamedSo) {
  EXPECT_TRUE(contains(html_comparison({.directories = {fixture("train")}}), "<h1>One way to train "));
}

TEST(Compare, PapersNumbersStandBesideOurs) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    summary["config"]["expected"] = Json::array(
        {{{"source", "A paper, table 1"}, {"method", "sum"}, {"kind", "base"}, {"values", {{"T1.accuracy", 0.9}}}}});
  });
  const ComparisonRequest request{.directories = {copy.path(), fixture("pipeline/base-cagrad")}, .base = "sum"};
  EXPECT_TRUE(contains(console_comparison(request), "A paper, table 1: paper / ours")) << console_comparison(request);
  EXPECT_TRUE(contains(html_comparison(request), "Paper and ours"));
}

TEST(Compare, AFolderWithoutRecordsOfItsOwnIsAFolderOfRuns) {
  EXPECT_TRUE(holds_several_runs(fixture("comparison")));
  EXPECT_FALSE(holds_several_runs(fixture("pipeline")));
  EXPECT_FALSE(holds_several_runs(fixture("train")));
  EXPECT_FALSE(holds_several_runs("no/such/folder"));
}

TEST(TradeOff, TheFrontHoldsWhatNoOtherBeatsInBothTasks) {
  const Study study = two_task_study({{{.9, .5}}, {{.5, .9}}, {{.7, .7}}, {{.6, .6}}, {{.9, .4}}});
  const auto tasks = quantities(study);
  EXPECT_EQ(pareto_front(study, tasks[0], tasks[1]), (std::vector<size_t>{1, 2, 0}));
}

TEST(TradeOff, DrawsADiscAMethodAndADotASeed) {
  const Study study = two_task_study({{{.9, .5}, {.8, .6}}, {{.5, .9}, {.4, .8}}});
  const auto tasks = quantities(study);
  const std::string drawing = pareto_chart(study, tasks[0], tasks[1], "alt");
  EXPECT_EQ(count(drawing, "r=\"9\""), 2u);
  EXPECT_EQ(count(drawing, "r=\"3\""), 4u);
  EXPECT_TRUE(contains(drawing, "m0: a accuracy 85.00 ± 7.07, b accuracy 55.00 ± 7.07"));
  EXPECT_TRUE(
      contains(trade_off_figure(study), "a accuracy against b accuracy: 2 of the 2 methods are beaten by no other"));
}

TEST(MethodChart, SortsByTheQuantityAndShowsSeeds) {
  const Study study = two_task_study({{{.6, .6}, {.7, .7}}, {{.9, .9}, {.8, .8}}});
  const std::string drawing = method_chart(study, main_quantity(study), "alt");
  EXPECT_LT(drawing.find(">m1</text>"), drawing.find(">m0</text>"));
  EXPECT_EQ(count(drawing, "<title>seed "), 4u);
  EXPECT_TRUE(contains(drawing, ">85.00 ± 7.07</text>"));
}

TEST(ManyTasks, AreDotsInOrderOfTheBest) {
  Study study;
  Contender best{.label = "m", .kind = "base", .seeds = {{.seed = 0}}};
  Measured& measured = best.seeds[0].by_protocol[0];
  for (int t = 0; t < 40; ++t) {
    study.tasks.push_back("t" + std::to_string(t));
    study.kinds.emplace_back("classification");
    measured.metrics.push_back({study.tasks.back(), {{"accuracy", 0.5 + 0.002 * t}}});
    measured.single.push_back({study.tasks.back(), {{"accuracy", 0.52}}});
  }
  study.contenders = {best};
  const std::string figure = many_tasks_figure(study);
  EXPECT_TRUE(contains(figure, "Each of the 40 tasks against its single-task network: m is worse in 10 of them."));
  EXPECT_EQ(count(figure, "<circle"), 40u);
  EXPECT_LT(figure.find(">t39</text>"), figure.find(">t0</text>"));
}

TEST(CopyBox, KeepsTheTextForBrowsersWithoutScripts) {
  const std::string html = copy_box({{"LaTeX", "a & b"}});
  EXPECT_TRUE(contains(
      html, "<button class=\"copy\" type=\"button\" hidden>copy</button></summary><pre tabindex=\"0\">a &amp; b</pre>"))
      << html;
  EXPECT_EQ(count(html, "<script>"), 1u);
}

}  // namespace
}  // namespace reconcile::report
