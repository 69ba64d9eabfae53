#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/report/report.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

/// A pipeline with two sources, one of which has a method that was not run.
void add_papers(const Copy& copy) {
  copy.edit([](Json& summary) {
    auto& rows = summary["rows"];
    rows[1]["metrics"]["T1"]["accuracy"] = {{"mean", 0.9}, {"sd", 0.01}, {"n", 2}};
    rows[1]["metrics"]["T2"]["accuracy"] = {{"mean", 0.8}, {"sd", 0.01}, {"n", 2}};
    rows[1]["delta_m"] = {{"mean", -1.25}, {"sd", 0.1}, {"n", 2}};
    rows[1]["megabytes"] = 2.5;
    const std::string method = rows[1]["method"];
    summary["config"]["expected"] = Json::array(
        {{{"source", "A, table 1"},
          {"method", method},
          {"kind", "base"},
          {"values", {{"T1.accuracy", 0.9512}, {"delta_m", -1}, {"mean.accuracy", 0.85}, {"T2.loss", 0.25}}}},
         {{"source", "A, table 1"}, {"method", "fancy"}, {"kind", "recon"}, {"values", {{"delta_m", 2}}}},
         {{"source", "B"}, {"method", ""}, {"kind", "single"}, {"values", {{"megabytes", 3.5}}}}});
  });
}

TEST(PaperTable, SetsOursBesideWhatIsPrinted) {
  const Copy copy("pipeline");
  add_papers(copy);
  const std::string text = markdown_report(copy.path());
  EXPECT_TRUE(contains(text,
                       "\nA, table 1: paper / ours (difference)\n\n| paper / ours | T1 accuracy % ↑ | delta m % | "
                       "mean accuracy % ↑ | T2 loss |\n"))
      << text;
  EXPECT_TRUE(
      contains(text, "| Sum | 95.12 / 90.00 (-5.12) | -1.00 / -1.25 (-0.25) | 85.00 / 85.00 (+0.00) | 0.2500 / "))
      << text;
  EXPECT_TRUE(contains(text, "| fancy + Recon | - | 2.00 / - | - | - |")) << text;
  EXPECT_TRUE(contains(text, "\nB: paper / ours (difference)\n\n| paper / ours | MB |\n")) << text;
  EXPECT_TRUE(contains(text, "| Single-task | 3.50 / ")) << text;
  EXPECT_TRUE(contains(console_report(copy.path()), "  -1.00 / -1.25 (-0.25)  ")) << console_report(copy.path());
}

TEST(PaperTable, IsAPartOfThePage) {
  const Copy copy("pipeline");
  add_papers(copy);
  const std::string html = html_report(copy.path());
  EXPECT_TRUE(contains(html, "<h2>Paper and ours</h2>"));
  EXPECT_TRUE(contains(html, "<td>95.12 / 90.00 (-5.12)</td>"));
  copy.edit([](Json& summary) { summary["config"]["expected"][2]["source"] = "<b>B</b>"; });
  EXPECT_TRUE(contains(html_report(copy.path()), "<h3>&lt;b&gt;B&lt;/b&gt;</h3>"));
}

TEST(PaperTable, CsvHasPrintedNumbersAndDifferencesInTheUnitsOfRecords) {
  const Copy copy("pipeline");
  add_papers(copy);
  const std::string csv = csv_report(copy.path());
  EXPECT_TRUE(contains(csv, ",\"A, table 1: T1.accuracy\",\"A, table 1: T1.accuracy difference\",")) << csv;
  EXPECT_TRUE(contains(csv, ",0.9512,-0.051")) << csv;
  EXPECT_TRUE(contains(csv, ",B: megabytes,B: megabytes difference\n")) << csv;
}

TEST(PaperTable, IsAbsentWithoutExpectedNumbers) {
  for (const char* name : {"pipeline", "train"}) {
    EXPECT_FALSE(contains(console_report(fixture(name)), "paper"));
    EXPECT_FALSE(contains(html_report(fixture(name)), "Paper and ours"));
  }
}

TEST(PaperTable, OfOneRunHasItsOwnRowOnly) {
  const Copy copy("train");
  std::string text = copy.read("run.jsonl");
  Json header = Json::parse(text.substr(0, text.find('\n')));
  const Json row{
      {"source", "P"}, {"method", header["method"]}, {"kind", header["kind"]}, {"values", {{"megabytes", 1}}}};
  Json other = row;
  other["method"] = "another";
  header["expected"] = Json::array({row, other});
  copy.write("run.jsonl", header.dump() + text.substr(text.find('\n')));
  const std::string report = markdown_report(copy.path());
  EXPECT_TRUE(contains(report, "\nP: paper / ours (difference)\n")) << report;
  EXPECT_FALSE(contains(report, "another")) << report;
  EXPECT_TRUE(contains(html_report(copy.path()), "<h2>Paper and ours</h2>"));
}

TEST(PaperTable, RefusesADamagedRecord) {
  const Copy copy("pipeline");
  add_papers(copy);
  copy.edit([](Json& summary) { summary["config"]["expected"][1]["values"]["delta_m"] = "much"; });
  const std::string message = message_of<DataError>([&] { console_report(copy.path()); });
  EXPECT_TRUE(contains(message, "summary.json: config.expected[1].values.delta_m")) << message;
}

TEST(Comparison, SaysNotAvailableWhereNoTargetWasKnown) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    summary["rows"][1]["metrics"].erase("T2");
    for (auto& row : summary["rows"]) row["metrics"]["T1"].erase("loss");
    summary["tasks"].push_back({{"name", "T3"}, {"kind", "depth"}, {"num_outputs", 1}});
  });
  const std::string text = markdown_report(copy.path());
  EXPECT_TRUE(contains(text, "| method | T1 accuracy % ↑ | T2 accuracy % ↑ | T3 | ")) << text;
  const size_t row = text.find("\n| Sum |");
  EXPECT_TRUE(contains(text.substr(row, text.find('\n', row + 1) - row), " | n/a | n/a | ")) << text;
}

TEST(Comparison, LeavesOutWhatAnotherColumnSays) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    for (auto& row : summary["rows"]) row["metrics"]["T1"]["error"] = row["metrics"]["T1"]["accuracy"];
  });
  EXPECT_FALSE(contains(markdown_report(copy.path()), "T1 error"));
  EXPECT_TRUE(contains(csv_report(copy.path()), "T1 error mean"));
}

}  // namespace
}  // namespace reconcile::report
