#include "reconcile/report/report.h"

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/report/comparison.h"
#include "reconcile/report/csv.h"
#include "reconcile/report/field.h"
#include "reconcile/report/html.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/paper.h"
#include "reconcile/report/summary.h"

namespace reconcile {
namespace {

constexpr size_t kRankingLines = 12;
constexpr double kRankingWidth = 30;

bool is_pipeline(const std::filesystem::path& directory) {
  if (std::filesystem::exists(directory / "summary.json")) return true;
  if (std::filesystem::exists(directory / "run.jsonl")) return false;
  fail<DataError>(
      "{}: holds neither summary.json nor run.jsonl. Give the folder that `reconcile recon` or `reconcile train` "
      "wrote.",
      directory.string());
}

/// `pipeline(records)` or `run(records)`, whichever the directory holds.
template <class OfPipeline, class OfRun>
std::string render(const std::filesystem::path& directory, OfPipeline pipeline, OfRun run) {
  if (is_pipeline(directory)) return pipeline(report::read_pipeline(directory));
  return run(report::read_run_log(directory));
}

std::string blocks(double share) {
  std::string bar;
  for (int i = 0; i < static_cast<int>(share * kRankingWidth + 0.5); ++i) bar += "█";
  return bar;
}

std::string ranking_text(const report::Pipeline& pipeline) {
  if (pipeline.ranking.empty()) return "";
  std::string text = "\nLayers by conflict score (* = split):\n";
  const double top = std::max(pipeline.ranking[0].score, 1e-9);
  const size_t lines = std::min(pipeline.ranking.size(), kRankingLines);
  for (size_t i = 0; i < lines; ++i) {
    const auto& entry = pipeline.ranking[i];
    const auto* plan = pipeline.plan ? &pipeline.plan->layers : nullptr;
    const bool is_split = plan && std::find(plan->begin(), plan->end(), entry.layer) != plan->end();
    text += fmt::format("{} {:<24} {:>9}  {}\n", is_split ? '*' : ' ', entry.layer, report::compact(entry.score),
                        blocks(entry.score / top));
  }
  if (lines < pipeline.ranking.size()) text += fmt::format("  and {} more\n", pipeline.ranking.size() - lines);
  return text;
}

Json records_of(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  Json records = Json::array();
  for (size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    records.push_back(report::parse_json(text.substr(begin, end - begin), path.string()));
  }
  return records;
}

}  // namespace

std::string console_report(const std::filesystem::path& directory) {
  return render(
      directory,
      [](const report::Pipeline& pipeline) {
        return fmt::format("{}: {} on {}\n{}\n\n{}{}{}", pipeline.name, pipeline.model, pipeline.dataset,
                           headline(pipeline), to_text(comparison_table(pipeline)),
                           paper_text(paper_tables(pipeline), report::to_text), ranking_text(pipeline));
      },
      [](const report::RunLog& log) {
        return headline(log) + "\n\n" + to_text(epoch_table(log)) + paper_text(paper_tables(log), report::to_text);
      });
}

std::string markdown_report(const std::filesystem::path& directory) {
  return render(
      directory,
      [](const report::Pipeline& pipeline) {
        return fmt::format("## {}\n\n{}\n\n{}\n{} on {}; {}.\n{}", pipeline.name, headline(pipeline),
                           to_markdown(comparison_table(pipeline)), pipeline.model, pipeline.dataset, pipeline.protocol,
                           paper_text(paper_tables(pipeline), report::to_markdown));
      },
      [](const report::RunLog& log) {
        return headline(log) + "\n\n" + to_markdown(epoch_table(log)) +
               paper_text(paper_tables(log), report::to_markdown);
      });
}

std::string csv_report(const std::filesystem::path& directory) {
  return render(
      directory, [](const report::Pipeline& pipeline) { return to_csv(number_table(pipeline)); },
      [](const report::RunLog& log) { return to_csv(epoch_table(log)); });
}

std::string json_report(const std::filesystem::path& directory) {
  Json document = {{"schema_version", 2}, {"summary", nullptr}, {"runs", Json::object()}};
  const std::string text = render(
      directory,
      [&](const report::Pipeline& pipeline) {
        const auto path = directory / "summary.json";
        document["summary"] = report::parse_json(read_file(path), path.string());
        for (const auto& run : pipeline.runs) {
          if (run.log) document["runs"][run.path] = records_of(directory / run.path / "run.jsonl");
        }
        return document.dump(2);
      },
      [&](const report::RunLog&) {
        document["runs"]["."] = records_of(directory / "run.jsonl");
        return document.dump(2);
      });
  return text + "\n";
}

std::string html_report(const std::filesystem::path& directory) {
  return render(
      directory, [](const report::Pipeline& pipeline) { return render_html(pipeline); },
      [](const report::RunLog& log) { return render_html(log); });
}

}  // namespace reconcile
