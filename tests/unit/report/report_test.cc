#include "reconcile/report/report.h"

#include <gtest/gtest.h>

#include <sstream>

#include "reconcile/base/error.h"
#include "reconcile/report/assets.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

constexpr size_t kMaxBytes = 3'000'000;

/// Every report on a directory must come out whatever is missing; the HTML is returned.
std::string render_all(const std::filesystem::path& directory) {
  EXPECT_FALSE(console_report(directory).empty());
  EXPECT_FALSE(markdown_report(directory).empty());
  EXPECT_FALSE(csv_report(directory).empty());
  EXPECT_TRUE(Json::accept(json_report(directory)));
  const std::string html = html_report(directory);
  for (const char* wrong : {"nan", "-inf\"", "<svg></svg>"}) EXPECT_FALSE(contains(html, wrong)) << wrong;
  return html;
}

void drop_rows(Json& summary, const std::string& kind) {
  for (const char* list : {"rows", "runs"}) {
    Json kept = Json::array();
    for (const auto& entry : summary[list]) {
      if (entry["kind"] != kind) kept.push_back(entry);
    }
    summary[list] = kept;
  }
}

TEST(Report, DrawsTaskWeightsWhereARunHasThem) {
  const Copy copy("pipeline");
  EXPECT_FALSE(contains(html_report(copy.path()), "task weight"));
  std::string log;
  std::istringstream lines(copy.read("base-cagrad/seed-0/run.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    Json record = Json::parse(line);
    if (record["type"] == "epoch") {
      for (auto& [task, values] : record["train"].items()) values["weight"] = 0.75;
    }
    log += record.dump() + "\n";
  }
  copy.write("base-cagrad/seed-0/run.jsonl", log);
  EXPECT_TRUE(contains(html_report(copy.path()), ": task weight"));
}

TEST(Report, HeadlineSaysWhatReconDid) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    const auto set = [&](int row, double delta, double severe, double megabytes) {
      summary["rows"][row]["delta_m"] = {{"mean", delta}, {"sd", 0.1}, {"n", 2}};
      summary["rows"][row]["severe_share"] = {{"mean", severe}, {"sd", 0.01}, {"n", 2}};
      summary["rows"][row]["megabytes"] = megabytes;
    };
    set(1, -2, 0.4, 1);
    set(2, -0.5, 0.2, 1.5);
    set(3, -1, 0.3, 1);
    set(4, -0.75, 0.1, 1.5);
  });
  const std::string text = console_report(copy.path());
  EXPECT_TRUE(contains(text,
                       "Sum + Recon reaches a delta m of -0.50 %, against -1.00 % for CAGrad, the best without Recon: "
                       "+0.50 points (more than the spread over 2 seeds)."))
      << text;
  EXPECT_TRUE(
      contains(text, "From Sum to Sum + Recon, severe conflicts (cosine below -0.02) fall from 40.0 % to 20.0 %"))
      << text;
  EXPECT_TRUE(contains(text, "from 1.00 MB to 1.50 MB (1.50×) by splitting 4 of 12 layers")) << text;
  const std::string html = html_report(copy.path());
  EXPECT_TRUE(contains(html, "<b>-1.00 → -0.50&#160;%</b>"));
  EXPECT_TRUE(contains(html, "<b>40.0 → 20.0&#160;%</b>"));
}

TEST(Report, HeadlineDoesNotPraiseNoise) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    for (int row = 1; row < 5; ++row)
      summary["rows"][row]["delta_m"] = {{"mean", -1 + 0.01 * row}, {"sd", 0.5}, {"n", 2}};
  });
  EXPECT_TRUE(contains(console_report(copy.path()), "(not distinguishable from the spread over 2 seeds)"));
  copy.edit([](Json& summary) { summary["rows"][4]["delta_m"]["n"] = 1; });
  EXPECT_TRUE(contains(console_report(copy.path()), "(one seed, so the spread is not known)"));
}

TEST(Report, ConsoleShowsTheRankingWithTheSplitMarked) {
  const std::string text = console_report(fixture("pipeline"));
  EXPECT_TRUE(contains(text, "* fc1                            465  ██████████████████████████████\n")) << text;
  EXPECT_TRUE(contains(text, "\n  bn4 "));
}

TEST(Report, MarkdownHasTheTable) {
  const std::string text = markdown_report(fixture("pipeline"));
  EXPECT_TRUE(contains(text, "| method | T1 accuracy % ↑ | T2 accuracy % ↑ | delta m % |")) << text;
  EXPECT_TRUE(contains(text, "\n| CAGrad + Recon | "));
}

TEST(Report, JsonHoldsTheSummaryAndTheRecordsOfEveryRun) {
  const Json document = Json::parse(json_report(fixture("pipeline")));
  EXPECT_EQ(document["summary"]["name"], "glyphs-demo");
  EXPECT_EQ(document["runs"].size(), 13u);
  EXPECT_EQ(document["runs"]["base-sum/seed-1"][0]["type"], "run");
  const Json single = Json::parse(json_report(fixture("train")));
  EXPECT_TRUE(single["summary"].is_null());
  EXPECT_EQ(single["runs"]["."].back()["type"], "end");
}

TEST(Report, HtmlNeedsNoNetworkAndIsSmall) {
  for (const char* name : {"pipeline", "train", "detailed"}) {
    std::string html = html_report(fixture(name));
    EXPECT_LT(html.size(), kMaxBytes);
    EXPECT_TRUE(contains(html, "content=\"default-src 'none';")) << name;
    for (const std::string embedded : {kUplotScript, "src=\"data:image/png"}) {  // the script begins with its address
      for (size_t at = 0; (at = html.find(embedded, at)) != std::string::npos;) html.erase(at, embedded.size());
    }
    for (const char* outside : {"http://", "https://", "src=", "@import", "url(", "<link"}) {
      EXPECT_FALSE(contains(html, outside)) << name << ": " << outside;
    }
  }
}

TEST(Report, HtmlStaysSmallForALongRunOfALargeNetwork) {
  const Copy copy("train");
  std::string text = copy.read("run.jsonl"), long_text = text.substr(0, text.find('\n') + 1);
  Json conflict;
  for (size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const Json record = Json::parse(text.substr(begin, end - begin));
    if (record["type"] == "conflict") conflict = record;
  }
  const Json layer = conflict["layers"][0];
  while (conflict["layers"].size() < 62) conflict["layers"].push_back(layer);
  for (int epoch = 1; epoch <= 200; ++epoch) {
    conflict["epoch"] = epoch;
    long_text += conflict.dump() + "\n";
  }
  copy.write("run.jsonl", long_text);
  EXPECT_LT(html_report(copy.path()).size(), kMaxBytes);
}

TEST(Report, HtmlEscapesEveryText) {
  const Copy copy("pipeline");
  const std::string evil = "<b>\"x\" & 'y'</b>";
  copy.edit([&](Json& summary) {
    for (const char* key : {"name", "command", "dataset", "model", "protocol"}) summary[key] = evil;
    summary["rows"][1]["label"] = summary["rows"][4]["label"] = evil;
    summary["plan"]["rule"] = summary["ranking"][0]["layer"] = evil;
    summary["config"]["note"] = evil;
    summary["fingerprint"] = {{"note", evil}};
  });
  const std::string html = html_report(copy.path());
  EXPECT_FALSE(contains(html, "<b>\"x\"") || contains(html, "<b>x") || contains(html, "\"x\" &"));
  EXPECT_TRUE(contains(html, "<title>&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;</title>"));
}

TEST(Report, HtmlShowsEveryPart) {
  const std::string html = html_report(fixture("pipeline"));
  for (const char* part :
       {"Delta m, the mean relative change", "T2 accuracy: difference (points)", "<summary>LaTeX", "<summary>Markdown",
        "<summary>CSV, all digits", "test, epoch that is best on validation",
        "Against sum: Differences are taken seed by seed", "Sum: conflict in ", "CAGrad: conflict in ",
        "layer&#39;s cosine is below -0.1", "K = 4", "parameters added up to here",
        "From conv5 on, every layer runs once for each task", ">fork</text>", "How the validation accuracy went",
        "reconcile recon experiments/demo.toml", "learning_rate = 0.001", "1c291ca3"}) {
    EXPECT_TRUE(contains(html, part)) << part;
  }
}

TEST(Report, WithoutSingleTaskRunsBarsStartAtTheFirstMethod) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    drop_rows(summary, "single");
    for (auto& row : summary["rows"]) row["delta_m"] = row["delta_m_flat"] = nullptr;
  });
  const std::string html = render_all(copy.path());
  EXPECT_TRUE(contains(html, "There are no single-task runs, so there is no delta m."));
  EXPECT_TRUE(contains(html, "bars show the difference from sum"));
  EXPECT_TRUE(contains(html, "reaches a mean over the tasks of 95."));
}

TEST(Report, WithoutReconSaysSo) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    drop_rows(summary, "recon");
    summary["plan"] = nullptr;
  });
  const std::string html = render_all(copy.path());
  EXPECT_TRUE(contains(html, "there are no runs with Recon to compare it with"));
  EXPECT_TRUE(contains(html, "No layers were split, so there is no new network to draw."));
  EXPECT_TRUE(contains(html, "No plan was made from the ranking."));
}

TEST(Report, WithoutASearchSaysSo) {
  const Copy copy("pipeline");
  std::filesystem::remove_all(copy.path() / "search");
  copy.edit([](Json& summary) {
    drop_rows(summary, "search");
    summary["search"] = nullptr;
    summary["ranking"] = summary["costs"] = Json::array();
  });
  const std::string html = render_all(copy.path());
  EXPECT_TRUE(contains(html, "There is no log of a search run"));
  EXPECT_TRUE(contains(html, "No layers were ranked."));
  EXPECT_TRUE(contains(html, "The records hold no costs over K."));
}

TEST(Report, WithoutLogsAndCosinesSaysSo) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    for (auto& run : summary["runs"]) {
      run["path"] = "gone";
      run["conflict"] = nullptr;
    }
  });
  const std::string html = render_all(copy.path());
  EXPECT_TRUE(contains(html, "No run recorded the cosines"));
  EXPECT_TRUE(contains(html, "there are no curves"));
  EXPECT_TRUE(contains(html, "the order of its layers is not known"));
}

TEST(Report, NoMethodIsCalledBestByErrorsOfSeveralUnits) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    for (auto& row : summary["rows"]) {
      row["delta_m"] = row["delta_m_flat"] = nullptr;
      const Json error{{"abs_err", {{"mean", 1.0}, {"sd", nullptr}, {"n", 1}}}};
      for (auto& [task, metrics] : row["metrics"].items()) metrics = error;
    }
  });
  EXPECT_TRUE(contains(render_all(copy.path()), "No method is best in one number"));
}

TEST(Report, WithoutAnythingIsStillAPage) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    for (const char* key : {"runs", "rows", "ranking", "costs", "seeds"}) summary[key] = Json::array();
    summary["plan"] = summary["search"] = nullptr;
  });
  EXPECT_TRUE(contains(render_all(copy.path()), "there is nothing to compare"));
}

TEST(Report, ThreeTasksShowEveryPair) {
  const Copy copy("pipeline");
  copy.edit([](Json& summary) {
    for (auto& run : summary["runs"]) {
      if (run["conflict"].is_null()) continue;
      run["conflict"]["pairs"] = Json::parse(R"([["T1", "T2"], ["T1", "T3"], ["T2", "T3"]])");
      const Json histogram = run["conflict"]["histogram"][0];
      run["conflict"]["histogram"] = Json::array({histogram, histogram, histogram});
    }
  });
  EXPECT_TRUE(contains(render_all(copy.path()), "<td>T2, T3</td>"));
}

TEST(Report, AGroupedPlanSpeaksOfGroups) {
  const Copy copy("pipeline");
  EXPECT_TRUE(contains(render_all(copy.path()), "now have one copy a task."));
  copy.edit([](Json& summary) { summary["plan"]["copies"] = std::vector<int>(summary["plan"]["layers"].size(), 3); });
  const std::string html = render_all(copy.path());
  EXPECT_TRUE(contains(html, "now have one copy a group of tasks."));
  EXPECT_TRUE(contains(html, "3 copies"));
}

TEST(Report, AKilledRunSaysThatItHasNotFinished) {
  const Copy copy("train");
  const std::string text = copy.read("run.jsonl");
  copy.write("run.jsonl", text.substr(0, text.find("\"type\":\"end\"")));
  EXPECT_TRUE(contains(render_all(copy.path()), "has not finished, so there are no test metrics"));
  copy.write("run.jsonl", text.substr(0, text.find('\n') + 1));
  const std::string html = render_all(copy.path());
  EXPECT_TRUE(contains(html, "No epoch has finished yet"));
  EXPECT_TRUE(contains(html, "did not record the cosines"));
}

TEST(Report, EpochsWithoutValidationAndWithoutAFiniteLossStayInTheTable) {
  const Copy copy("train");
  std::string text = copy.read("run.jsonl");
  const size_t begin = text.find(",\"validation\""), end = text.find(",\"conflict_share\"");
  text.erase(begin, end - begin);
  const size_t loss = text.find("\"loss\":") + 7;
  text.replace(loss, text.find('}', loss) - loss, "\"nan\"");
  copy.write("run.jsonl", text);
  render_all(copy.path());
  const std::string csv = csv_report(copy.path());
  EXPECT_TRUE(contains(csv, "\n1,n/a,1.")) << csv;
  EXPECT_TRUE(contains(csv, ",-,-,")) << csv;
}

TEST(Report, ADirectoryWithoutRecordsIsRefused) {
  const std::string message = message_of<DataError>([] { html_report(fixture("pipeline/base-sum")); });
  EXPECT_TRUE(contains(message, "base-sum: holds none of summary.json, sweep.json and run.jsonl. Give the folder"))
      << message;
}

}  // namespace
}  // namespace reconcile::report
