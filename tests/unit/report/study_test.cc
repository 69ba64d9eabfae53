#include "reconcile/report/study.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/report/quantities.h"
#include "reconcile/report/study_words.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

Study compared(const std::vector<std::filesystem::path>& directories, const std::string& base = "") {
  Outcomes outcomes;
  for (const auto& directory : directories) add_outcomes(directory, outcomes);
  return make_study(outcomes, base);
}

const Study& comparison() {
  static const Study study = compared({fixture("comparison")}, "sum, optimizer.lr=0.1");
  return study;
}

const Contender& contender(const Study& study, const std::string& label) {
  for (const auto& candidate : study.contenders) {
    if (candidate.label == label) return candidate;
  }
  throw std::runtime_error("no contender " + label);
}

Json expected_numbers() { return Json::parse(read_file(fixture("comparison/expected.json"))); }

std::vector<std::string> labels_of(const Study& study) {
  std::vector<std::string> labels;
  for (const auto& candidate : study.contenders) labels.push_back(candidate.label);
  return labels;
}

std::string cell(const Table& table, const std::string& method, const std::string& what, size_t column) {
  for (const auto& row : table.rows) {
    if (row[0] == method && row[1].starts_with(what)) return row[column];
  }
  return "no row";
}

const std::vector<std::pair<std::string, std::string>> kFolders{{"joint/sum", "sum, optimizer.lr=0.1"},
                                                                {"joint/gls", "gls, optimizer.lr=0.1"},
                                                                {"other/pcgrad", "pcgrad, optimizer.lr=0.1"},
                                                                {"other/one", "rlw, optimizer.lr=0.1"},
                                                                {"slow/sum", "sum, optimizer.lr=0.01"}};

TEST(Study, GroupsRunsByMethodAndWhateverKeyDiffers) {
  EXPECT_EQ(labels_of(comparison()),
            (std::vector<std::string>{"Single-task, optimizer.lr=0.1", "gls, optimizer.lr=0.1", "sum, optimizer.lr=0.1",
                                      "rlw, optimizer.lr=0.1", "pcgrad, optimizer.lr=0.1", "sum, optimizer.lr=0.01"}));
  EXPECT_EQ(labels_of(compared({fixture("comparison/joint"), fixture("comparison/alone")})),
            (std::vector<std::string>{"Single-task", "gls", "sum"}));
}

TEST(Study, HasTheNumbersOfTheIndependentScript) {
  const Json expected = expected_numbers()["statistics"];
  const Quantity miou{"miou", "%", true, 2,
                      [](const Measured& m) { return 100 * *find(*find(m.metrics, "seg"), "miou"); }};
  const Quantity delta{"", "", true, 2, [](const Measured& m) { return m.delta_m; }};
  const Quantity flat{"", "", false, 2, [](const Measured& m) { return m.delta_m_flat; }};
  const std::vector<std::string> names{"last", "best", "validation_last", "validation_mean"};
  for (const auto& [folder, label] : kFolders) {
    for (const auto protocol : kProtocols) {
      const Json& of = expected.at(folder).at(names[static_cast<size_t>(protocol)]);
      for (const auto& [key, quantity] : {std::pair("miou", &miou), {"delta_m", &delta}, {"delta_m_flat", &flat}}) {
        const Statistic ours = statistic(contender(comparison(), label), *quantity, protocol);
        EXPECT_NEAR(ours.mean, of.at(key).at("mean").get<double>(), 1e-9) << label << key;
        EXPECT_EQ(ours.n, of.at(key).at("n").get<int64_t>());
        if (ours.n < 2) continue;
        EXPECT_NEAR(ours.sd, of.at(key).at("sd").get<double>(), 1e-9) << label << key;
      }
    }
  }
}

TEST(Study, PairsBySeedAndHasScipysIntervals) {
  const Json differences = expected_numbers()["differences"];
  const Contender& base = comparison().contenders[comparison().base];
  ASSERT_EQ(base.label, "sum, optimizer.lr=0.1");
  for (const auto& [folder, label] : kFolders) {
    if (label == base.label) continue;
    const Difference ours = paired_difference(contender(comparison(), label), base, main_quantity(comparison()));
    const Json& theirs = differences.at(folder);
    EXPECT_NEAR(ours.mean, theirs.at("mean").get<double>(), 1e-9) << label;
    EXPECT_EQ(ours.n, theirs.at("n").get<int64_t>());
    if (ours.n < 2) continue;
    EXPECT_NEAR(ours.low, theirs.at("low").get<double>(), 1e-8) << label;
    EXPECT_NEAR(ours.high, theirs.at("high").get<double>(), 1e-8) << label;
  }
}

TEST(Study, SaysInWordsWhatSeedsCannotTell) {
  const Table table = difference_table(comparison(), quantities(comparison()));
  EXPECT_EQ(cell(table, "gls, optimizer.lr=0.1", "delta m", 5), "better");
  EXPECT_EQ(cell(table, "gls, optimizer.lr=0.1", "flat delta m", 5), "better");
  EXPECT_EQ(cell(table, "sum, optimizer.lr=0.01", "seg miou", 5), "worse");
  EXPECT_EQ(cell(table, "pcgrad, optimizer.lr=0.1", "delta m", 5), "not distinguishable");
  EXPECT_EQ(cell(table, "pcgrad, optimizer.lr=0.1", "delta m", 4), "2");
  EXPECT_EQ(cell(table, "rlw, optimizer.lr=0.1", "delta m", 5), "one seed: nothing can be said about noise");
  EXPECT_EQ(cell(table, "rlw, optimizer.lr=0.1", "delta m", 3), "-");
  EXPECT_EQ(cell(table, "Single-task, optimizer.lr=0.1", "delta m", 5), "no row");
}

TEST(Study, HeadlineHasBothConventionsAndTheInterval) {
  const std::string text = headline(comparison());
  EXPECT_TRUE(contains(text, "gls, optimizer.lr=0.1 comes first: delta m +3.13 ± 0.25 %, flat delta m -3.11 ± 0."))
      << text;
  EXPECT_TRUE(contains(text, "+8.99 points in delta m, 95 % interval +8.50 to +9.49 over 3 common seeds: better."))
      << text;
}

TEST(Study, NamesProtocolsAndHowManyEpochsTheyAverage) {
  const auto tables = protocol_tables(comparison());
  ASSERT_FALSE(tables.empty());
  EXPECT_EQ(tables[0].title, "delta m % ↑");
  EXPECT_EQ(tables[0].table.columns,
            (std::vector<std::string>{"method", "test, last epoch", "test, epoch that is best on validation",
                                      "validation, last epoch", "validation, mean of the last 10 epochs"}));
  const Copy copy("train");
  EXPECT_EQ(compared({copy.path()}).averaged_epochs, 3);
}

TEST(Study, FindsTheBaseByLabelOrMethod) {
  EXPECT_EQ(compared({fixture("pipeline")}).base, 1u);
  EXPECT_EQ(compared({fixture("pipeline")}, "cagrad(c=0.2) + Recon").base, 4u);
  EXPECT_EQ(compared({fixture("pipeline")}, "cagrad(c=0.2)").base, 3u);
  const std::string message = message_of<InvalidArgument>([] { compared({fixture("pipeline")}, "sun"); });
  EXPECT_TRUE(contains(message, "--base sun: no row is called that. Did you mean \"sum\"? Rows: Single-task; sum;"))
      << message;
}

TEST(Study, APipelineHasTheRowsOfItsSummary) {
  const Pipeline pipeline = read_pipeline(fixture("pipeline"));
  const Pipeline ours = as_pipeline(study_of(pipeline));
  ASSERT_EQ(ours.rows.size(), pipeline.rows.size());
  for (size_t r = 0; r < ours.rows.size(); ++r) {
    const auto& theirs = pipeline.rows[r];
    EXPECT_NEAR(find(*find(ours.rows[r].metrics, "T1"), "accuracy")->mean,
                find(*find(theirs.metrics, "T1"), "accuracy")->mean, 1e-6);
    EXPECT_EQ(ours.rows[r].megabytes, theirs.megabytes) << r;
  }
}

TEST(Study, TheSameSeedTwiceMakesTwoContendersNamedByFolder) {
  const Copy copy("comparison");
  const auto study = compared({copy.path() / "alone", copy.path() / "joint/sum", fixture("comparison/joint/sum")});
  EXPECT_EQ(labels_of(study),
            (std::vector<std::string>{"Single-task", "sum (" + (copy.path() / "joint/sum").string() + ")",
                                      "sum (" + fixture("comparison/joint/sum").string() + ")"}));
}

TEST(Study, OtherTasksAreRefusedByName) {
  const std::string message = message_of<DataError>([] {
    compared({fixture("pipeline"), fixture("comparison/joint/sum")});
  });
  EXPECT_TRUE(contains(message, "joint/sum/seed-0: tasks seg, depth, scene, but those of ")) << message;
  EXPECT_TRUE(contains(message, " are T1, T2. Runs of the same tasks can be compared")) << message;
}

TEST(Study, UnfinishedRunsAreLeftOutByName) {
  const Copy copy("comparison");
  const std::string file = "joint/sum/seed-1/run.jsonl", text = copy.read(file);
  copy.write(file, text.substr(0, text.find("{\"type\":\"end\"")));
  copy.write("joint/sum/seed-2/run.jsonl", "{\"type\":\"ru");
  const Study study = compared({copy.path() / "joint"});
  EXPECT_EQ(study.unfinished,
            (std::vector{(copy.path() / "joint/sum/seed-1").string(), (copy.path() / "joint/sum/seed-2").string()}));
  EXPECT_EQ(contender(study, "sum").seeds.size(), 1u);
}

TEST(Study, WithoutAFinishedRunThereIsNothingToCompare) {
  const Copy copy("train");
  const std::string text = copy.read("run.jsonl");
  copy.write("run.jsonl", text.substr(0, text.find("{\"type\":\"end\"")));
  const std::string message = message_of<DataError>([&] { compared({copy.path()}); });
  EXPECT_TRUE(contains(message, copy.path().string() + ": no run has finished yet (1 begun)")) << message;
}

TEST(Study, FoldersWithoutRunsAreRefused) {
  const std::string missing = message_of<DataError>([] { compared({"no/such/folder"}); });
  EXPECT_TRUE(contains(missing, "no/such/folder: no such directory. Give folders that")) << missing;
  const Copy copy("train");
  std::filesystem::remove(copy.path() / "run.jsonl");
  const std::string empty = message_of<DataError>([&] { compared({copy.path()}); });
  EXPECT_TRUE(contains(empty, "neither it nor a folder in it holds summary.json or run.jsonl")) << empty;
}

}  // namespace
}  // namespace reconcile::report
