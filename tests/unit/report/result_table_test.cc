#include "reconcile/report/result_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

Contender made(const std::string& label, const std::string& task, const std::vector<double>& accuracies) {
  Contender contender{.label = label, .method = label, .kind = "base", .megabytes = 1};
  for (size_t s = 0; s < accuracies.size(); ++s) {
    contender.seeds.push_back({.seed = static_cast<int64_t>(s)});
    contender.seeds.back().by_protocol[0].metrics = {{task, {{"accuracy", accuracies[s]}}}};
  }
  return contender;
}

Study study_with(const std::vector<std::vector<double>>& accuracies, const std::string& task = "T") {
  Study study{.tasks = {task}, .kinds = {"classification"}};
  for (size_t i = 0; i < accuracies.size(); ++i)
    study.contenders.push_back(made(std::string(1, static_cast<char>('a' + i)), task, accuracies[i]));
  return study;
}

std::vector<Mark> first_column(const ResultTable& table) {
  std::vector<Mark> marks;
  for (const auto& row : table.cells) marks.push_back(row.front().mark);
  return marks;
}

TEST(ResultTable, MarksBestAndSecondOnlyBeyondTheSpread) {
  using enum Mark;
  EXPECT_EQ(first_column(result_table(study_with({{.80, .81}, {.90, .91}, {.85, .86}}))),
            (std::vector{kNone, kBest, kSecond}));
  EXPECT_EQ(first_column(result_table(study_with({{.80, .90}, {.90, .91}, {.85, .86}}))),
            (std::vector{kNone, kBest, kNone}));
  EXPECT_EQ(first_column(result_table(study_with({{.80, .81}, {.86, .87}, {.855, .865}}))),
            (std::vector{kNone, kNone, kNone}));
  EXPECT_EQ(first_column(result_table(study_with({{.80}, {.90}, {.85}}))), (std::vector{kNone, kNone, kNone}));
}

TEST(ResultTable, SingleTaskNetworksTakeNoPart) {
  Study study = study_with({{.99, .99}, {.90, .91}, {.80, .81}});
  study.contenders[0].kind = "single";
  EXPECT_EQ(first_column(result_table(study)), (std::vector{Mark::kNone, Mark::kBest, Mark::kNone}));
}

TEST(ResultTable, SaysWhyNothingIsMarked) {
  EXPECT_TRUE(contains(mark_note(result_table(study_with({{.8}, {.9}}))), "No best is marked"));
  EXPECT_TRUE(contains(mark_note(result_table(study_with({{.8, .8}, {.9, .9}}))), "Best and second are marked"));
}

TEST(ResultTable, ManyTasksAreAveraged) {
  Study study;
  Contender contender = made("a", "t0", {0.5, 0.7});
  for (int t = 0; t < 40; ++t) {
    study.tasks.push_back("t" + std::to_string(t));
    study.kinds.emplace_back("classification");
    if (t == 0) continue;
    for (auto& seed : contender.seeds) seed.by_protocol[0].metrics.push_back({study.tasks.back(), {{"accuracy", 0.9}}});
  }
  study.contenders = {contender};
  const ResultTable table = result_table(study);
  ASSERT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(table.columns[0].group, "mean of 40 tasks");
  EXPECT_EQ(table.cells[0][0].text, "89.25 ± 0.35");  // (0.6 + 39 * 0.9) / 40, and 0.2 / 40 / sqrt(2)
}

TEST(ResultTable, LatexHasOneCellAColumnAndBalancedBraces) {
  const std::string text = to_latex(result_table(study_with({{.80, .81}, {.90, .91}, {.85, .86}})), "A caption");
  EXPECT_EQ(count(text, "{"), count(text, "}")) << text;
  EXPECT_EQ(count(text, "\\begin{"), count(text, "\\end{"));
  EXPECT_TRUE(contains(text, "\\begin{tabular}{lrr}\n\\toprule\n"));
  EXPECT_TRUE(contains(text, "b & \\textbf{90.50 $\\pm$ 0.71} & 1.00 \\\\\n")) << text;
  EXPECT_TRUE(contains(text, "\\underline{85.50 $\\pm$ 0.71}"));
  std::istringstream lines(text.substr(text.find("\\toprule")));
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with("\\\\")) continue;
    const bool is_groups = contains(line, "multicolumn");
    EXPECT_EQ(std::count(line.begin(), line.end(), '&'), 2) << line;
    rows += is_groups ? 0 : 1;
  }
  EXPECT_EQ(rows, 4);
  EXPECT_TRUE(contains(text, " & \\multicolumn{1}{c}{T} & \\multicolumn{1}{c}{} \\\\\n\\cmidrule(lr){2-2}\n")) << text;
}

TEST(ResultTable, LatexEscapesEveryName) {
  Study study = study_with({{.8, .9}}, "a_b & 5%");
  study.contenders[0].label = "m{x}~$1^2\\#<|";
  const std::string text = to_latex(result_table(study), "50 % of it");
  EXPECT_TRUE(contains(text, "{a\\_b \\& 5\\%}")) << text;
  EXPECT_TRUE(contains(
      text, "m\\{x\\}\\textasciitilde{}\\$1\\textasciicircum{}2\\textbackslash{}\\#\\textless{}\\textbar{} & "))
      << text;
  EXPECT_TRUE(contains(text, "\\caption{50 \\% of it}"));
  EXPECT_TRUE(contains(text, "accuracy \\% $\\uparrow$"));
}

TEST(ResultTable, HtmlEscapesAndSpansGroups) {
  Study study = study_with({{.80, .81}, {.90, .91}}, "<t>");
  const std::string html = to_html(result_table(study));
  EXPECT_TRUE(contains(html, "<th colspan=\"1\" class=\"group\">&lt;t&gt;</th>")) << html;
  EXPECT_TRUE(contains(html, "<td><b>90.50 ± 0.71</b></td>"));
}

TEST(ResultTable, MarkdownShowsMarks) {
  const std::string text = to_markdown(plain_table(result_table(study_with({{.80, .81}, {.90, .91}, {.85, .86}}))));
  EXPECT_TRUE(contains(text, "| method | T accuracy % ↑ | MB |")) << text;
  EXPECT_TRUE(contains(text, "| b | **90.50 ± 0.71** |"));
  EXPECT_TRUE(contains(text, "| c | _85.50 ± 0.71_ |"));
}

}  // namespace
}  // namespace reconcile::report
