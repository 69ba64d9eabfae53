#include <gtest/gtest.h>

#include <regex>

#include "reconcile/base/error.h"
#include "reconcile/report/charts.h"
#include "reconcile/report/report.h"
#include "reconcile/report/sections.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

RunLog detailed() { return read_run_log(fixture("detailed")); }

TEST(Records, ReadsWhatTheSecondSchemaAdds) {
  const RunLog log = detailed();
  EXPECT_EQ(log.kinds, (std::vector<std::string>{"classification", "segmentation", "depth"}));
  const EpochRecord& second = log.epochs[1];
  EXPECT_EQ(second.skipped, 2);
  EXPECT_EQ(*find(second.fallbacks, "mean"), 3);
  EXPECT_DOUBLE_EQ(*find(*find(second.gradients->norms, "seg"), "max"), 0.4);
  EXPECT_DOUBLE_EQ(*find(*find(second.gradients->progress, "depth"), "up"), 0.2);
  EXPECT_EQ(second.gradients->condition_median, 6);
  EXPECT_TRUE(std::isinf(second.gradients->condition_max));
  EXPECT_EQ(log.confusion[0].counts[2], (std::vector<double>{4, 2, 4}));
  EXPECT_DOUBLE_EQ(log.conflicts[3].whole.cosine[1], -0.2);
  EXPECT_EQ(log.pictures[1].sample, 7);
  EXPECT_EQ(log.pictures[1].tasks[0].error, "");
  EXPECT_EQ(log.pictures[1].tasks[2].error, "pictures/1-depth-error.png");
}

TEST(Records, AConfusionMatrixIsSquare) {
  const Copy copy("detailed");
  const std::string text = std::regex_replace(copy.read("run.jsonl"), std::regex(R"(\[8,1,1\])"), "[8,1]");
  copy.write("run.jsonl", text);
  const std::string message = message_of<DataError>([&] { read_run_log(copy.path()); });
  EXPECT_TRUE(contains(message, "confusion.shape is [[8,1],[0,10,0],[4,2,4]], must be as many columns")) << message;
}

TEST(RunPage, EveryPlotHasWordsAnAltTextAndItsData) {
  const std::string html = html_report(fixture("detailed"));
  for (const char* part : {"task weight", "gradient norm", "condition number", "effective progress",
                           "steps where the loss rises", "depth suffers most: in 20.0&#160;% of the steps",
                           "Who pulls with whom", "shape and depth agree least at the end",
                           "shape: cagrad(c=0.2) finds class 2 least, in 40.0&#160;% of its cases, and takes it for "
                           "class 0 in 40.0&#160;%",
                           "A few samples of the test split", "learning rate"}) {
    EXPECT_TRUE(contains(html, part)) << part;
  }
  EXPECT_EQ(count(html, "<svg"), count(html, "role=\"img\" aria-label=\""));
  EXPECT_EQ(count(html, "<figure>"), count(html, "data:text/csv"));
  EXPECT_EQ(count(html, "<figure>"), count(html, "<figcaption>") - count(html, "<figure class=\"thumb\">"));
}

TEST(RunPage, AnOlderRunHasNoSectionsOfWhatItDidNotRecord) {
  const std::string html = html_report(fixture("train"));
  for (const char* section : {"<h2>Gradients and weights", "<h2>What is mistaken for what", "<h2>Samples"}) {
    EXPECT_TRUE(contains(html_report(fixture("detailed")), section)) << section;
    EXPECT_FALSE(contains(html, section)) << section;
  }
}

TEST(RunPage, HealthNamesWhatWentWrong) {
  RunLog log = detailed();
  EXPECT_TRUE(contains(health_figures(log), "skipped steps, or gave numbers that are not finite"));
  EXPECT_TRUE(contains(health_figures(log), "<td>mean in 12 steps</td>"));
  log.epochs[1].skipped = 0;
  EXPECT_TRUE(contains(health_figures(log), "The run finished, moved in every step"));
  log.epochs[0].train[0].second[0].second = kMissing;
  EXPECT_TRUE(contains(health_figures(log), "not finite."));
}

TEST(RunPage, HealthListsStepsThatWereNotFinite) {
  const Copy copy("detailed");
  const std::string text = copy.read("run.jsonl");
  const size_t second = text.find('\n') + 1;
  copy.write("run.jsonl", text.substr(0, second) +
                              R"({"type":"nonfinite","epoch":1,"step":3,"action":"skip","tasks":["depth"],)"
                              R"("dump":"nonfinite-00000003.json"})"
                              "\n" +
                              text.substr(second));
  const std::string html = health_figures(read_run_log(copy.path()));
  EXPECT_TRUE(contains(html, "<td>depth</td><td>left out</td><td>nonfinite-00000003.json</td>")) << html;
  EXPECT_FALSE(contains(health_figures(detailed()), "not finite:"));
}

TEST(RunPage, PicturesStayBelowTheirLimit) {
  RunLog log = detailed();
  EXPECT_EQ(count(picture_figures(log), "<img "), 18u);
  log.pictures.insert(log.pictures.end(), {log.pictures[0], log.pictures[0]});
  EXPECT_EQ(count(picture_figures(log), "<img "), 18u);  // the third sample would make 27
  log.directory = "nowhere";
  EXPECT_EQ(picture_figures(log), "");
}

TEST(RunPage, OfManyTasksTheWorstConfusionsAreShown) {
  RunLog log{.method = "sum"};
  for (int task = 0; task < 12; ++task) {
    log.tasks.push_back(fmt::format("task{}", task));
    log.confusion.push_back({log.tasks.back(), {{1.0 + task, 4}, {0, 3}}});
  }
  const std::string html = confusion_figures(log);
  EXPECT_TRUE(contains(html, "The 8 of 12 tasks that are found least often"));
  EXPECT_TRUE(contains(html, "task7: sum finds"));
  EXPECT_FALSE(contains(html, "task8: sum finds"));
}

TEST(CosineFigure, ManyTasksAreClustered) {
  RunLog log{.tasks = {"a", "x", "b", "y", "c", "z", "d", "u", "e", "v"}};
  ConflictRecord record{.epoch = 1, .iterations = 1};
  for (size_t i = 0; i < log.tasks.size(); ++i) {
    for (size_t j = i + 1; j < log.tasks.size(); ++j) {
      log.pairs.emplace_back(log.tasks[i], log.tasks[j]);
      record.whole.cosine.push_back((i + j) % 2 == 0 ? 0.5 : -0.25);  // two camps, every second task
    }
  }
  log.conflicts = {record};
  const std::string html = cosine_figure(log, "sum");
  EXPECT_TRUE(contains(html, "Tasks that agree stand side by side."));
  const auto place = [&](const std::string& task) { return html.find("class=\"small\">" + task + "</text>"); };
  for (const char* first : {"a", "b", "c", "d", "e"}) {
    for (const char* second : {"x", "y", "z", "u", "v"}) EXPECT_LT(place(first), place(second)) << first << second;
  }
}

TEST(DotChart, TasksAreSortedAndUnknownOnesLast) {
  const std::string svg =
      dot_chart({"low", "gone", "high"}, {{"sum", "t0", {-1, kMissing, 2}}}, "delta (%)", "Dots: deltas");
  EXPECT_LT(svg.find(">high<"), svg.find(">low<"));
  EXPECT_LT(svg.find(">low<"), svg.find(">gone<"));
  EXPECT_EQ(count(svg, "<circle"), 2u);
}

TEST(CurveChart, ALogAxisShowsPowersOfTenAndLeavesOutWhatIsNotPositive) {
  const CurveChart chart{.title = "norm",
                         .curves = {{.label = "a", .seeds = {{0.01, 0, 100}}, .style = "t0", .colour = "t0"}},
                         .is_log = true};
  const std::string drawing = curve_chart(chart);
  for (const char* tick : {">0.01<", ">0.1<", ">1<", ">10<", ">100<"}) EXPECT_TRUE(contains(drawing, tick)) << tick;
  EXPECT_EQ(count(drawing.substr(drawing.find("line t0") - 60, 60), "L"), 1u) << drawing;
  EXPECT_EQ(curve_table({chart}).rows[2], (std::vector<std::string>{"norm", "a", "3", "100", "100", "100"}));
}

TEST(CurveChart, ItsDataCannotEndTheScript) {
  const CurveChart chart{.title = "</script><b>", .curves = {{.label = "a", .seeds = {{1, 2}}}}};
  const std::string drawing = curve_chart(chart);
  EXPECT_EQ(count(drawing, "</script>"), 1u);
  EXPECT_TRUE(contains(drawing, "\\u003c/script>\\u003cb>"));
}

TEST(CostChart, KnowsTheLargestKWithinASize) {
  const std::vector<Cost> costs{{.k = 0, .parameters = 100},
                                {.k = 1, .parameters = 109},
                                {.k = 2, .parameters = 119},
                                {.k = 3, .parameters = 130}};
  EXPECT_EQ(last_within(costs, 1.1), 1);
  EXPECT_EQ(last_within(costs, 1.2), 2);
}

}  // namespace
}  // namespace reconcile::report
