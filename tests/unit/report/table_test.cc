#include "reconcile/report/table.h"

#include <gtest/gtest.h>

#include "reconcile/report/comparison.h"
#include "reconcile/report/csv.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

std::string cell(const Table& table, size_t row, const std::string& column) {
  for (size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c] == column) return table.rows.at(row).at(c);
  }
  return "no column " + column;
}

TEST(Table, TextIsAlignedByCharacters) {
  const Table table{{"method", "T1 %"}, {{"Sum", "9 ± 1"}, {"CAGrad + Recon", "10"}}};
  EXPECT_EQ(to_text(table),
            "method           T1 %\n"
            "--------------  -----\n"
            "Sum             9 ± 1\n"
            "CAGrad + Recon     10\n");
}

TEST(Table, MarkdownEscapesWhatWouldEndACell) {
  const Table table{{"a|b", "c"}, {{"<x>", "1\n2"}}};
  EXPECT_EQ(to_markdown(table), "| a\\|b | c |\n| :-- | --: |\n| \\<x> | 1 2 |\n");
}

TEST(Table, CsvQuotesWhereItMust) {
  const Table table{{"a,b", "c"}, {{"say \"x\"", "1\n2"}, {"plain", "<&>"}}};
  EXPECT_EQ(to_csv(table), "\"a,b\",c\n\"say \"\"x\"\"\",\"1\n2\"\nplain,<&>\n");
}

TEST(Comparison, PutsNumbersInTheirCells) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    auto& row = summary["rows"][4];
    row["metrics"]["T2"]["loss"] = {{"mean", 0.2}, {"sd", nullptr}, {"n", 1}};
    row["metrics"]["T2"]["accuracy"] = {{"mean", 0.9482}, {"sd", 0.0011}, {"n", 2}};
    row["delta_m"] = {{"mean", -0.4}, {"sd", nullptr}, {"n", 1}};
    row["delta_m_flat"] = {{"mean", 0.4}, {"sd", 0.01}, {"n", 2}};
    row["megabytes"] = 1.234;
    row["macs"] = 6.8e6;
    row["seconds_per_step"] = 0.0584;
    row["severe_share"] = {{"mean", 0.0831}, {"sd", 0.004}, {"n", 2}};
  });
  const Table table = comparison_table(read_pipeline(copy.path()));
  ASSERT_EQ(table.rows.size(), 5u);
  EXPECT_EQ(cell(table, 4, "method"), "CAGrad + Recon");
  EXPECT_EQ(cell(table, 4, "T2 accuracy % ↑"), "94.82 ± 0.11");
  EXPECT_EQ(cell(table, 4, "T2 loss"), "no column T2 loss");
  EXPECT_EQ(cell(table, 4, "delta m %"), "-0.40");
  EXPECT_EQ(cell(table, 4, "flat delta m %"), "0.40 ± 0.01");
  EXPECT_EQ(cell(table, 4, "MB"), "1.23");
  EXPECT_EQ(cell(table, 4, "MACs"), "6.8 M");
  EXPECT_EQ(cell(table, 4, "s/step"), "0.058");
  EXPECT_EQ(cell(table, 4, "severe conflict %"), "8.3 ± 0.4");
  EXPECT_EQ(cell(table, 0, "delta m %"), "-");
}

TEST(Comparison, LeavesOutColumnsThatNobodyMeasured) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    for (auto& row : summary["rows"]) row["delta_m"] = row["delta_m_flat"] = row["best_metrics"] = nullptr;
  });
  const auto pipeline = read_pipeline(copy.path());
  EXPECT_EQ(cell(comparison_table(pipeline), 1, "delta m %"), "no column delta m %");
  EXPECT_EQ(comparison_table(pipeline, Pick::kBest).columns.size(), 1u);
}

TEST(Comparison, ShowsNumbersThatAreNotFiniteAsNotAvailable) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) { summary["rows"][1]["metrics"]["T1"]["accuracy"]["mean"] = "nan"; });
  const auto pipeline = read_pipeline(copy.path());
  EXPECT_EQ(cell(comparison_table(pipeline), 1, "T1 accuracy % ↑").substr(0, 3), "n/a");
  EXPECT_EQ(cell(number_table(pipeline), 1, "T1 accuracy mean"), "n/a");
}

TEST(Comparison, NumberTableKeepsAllDigits) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) { summary["rows"][3]["delta_m"]["mean"] = -1.234567890123; });
  const Table table = number_table(read_pipeline(copy.path()));
  EXPECT_EQ(cell(table, 3, "delta_m mean"), "-1.234567890123");
  EXPECT_EQ(cell(table, 3, "delta_m n"), "2");
  EXPECT_EQ(cell(table, 3, "method"), "cagrad(c=0.2)");
}

TEST(Comparison, RankingTableSumsTheParameters) {
  const Table table = ranking_table(read_pipeline(fixture("pipeline")));
  EXPECT_EQ(cell(table, 0, "layer"), "fc1");
  EXPECT_EQ(cell(table, 0, "parameters added"), "73856");
  EXPECT_EQ(cell(table, 1, "parameters added"), "73984");
  EXPECT_EQ(cell(table, 3, "split"), "yes");
  EXPECT_EQ(cell(table, 4, "split"), "no");
}

}  // namespace
}  // namespace reconcile::report
