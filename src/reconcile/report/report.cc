#include "reconcile/report/report.h"

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/report/comparison.h"
#include "reconcile/report/csv.h"
#include "reconcile/report/field.h"
#include "reconcile/report/html.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/paper.h"
#include "reconcile/report/summary.h"
#include "reconcile/report/text_report.h"

namespace reconcile {
namespace {

bool is_pipeline(const std::filesystem::path& directory) {
  if (std::filesystem::exists(report::summary_path(directory))) return true;
  if (std::filesystem::exists(directory / "run.jsonl")) return false;
  fail<DataError>(
      "{}: holds none of summary.json, sweep.json and run.jsonl. Give the folder of `reconcile recon` or `reconcile "
      "sweep`, or of one run.",
      directory.string());
}

/// `pipeline(records)` or `run(records)`, whichever the directory holds.
template <class OfPipeline, class OfRun>
std::string render(const std::filesystem::path& directory, OfPipeline pipeline, OfRun run) {
  if (is_pipeline(directory)) return pipeline(report::read_pipeline(directory));
  return run(report::read_run_log(directory));
}

}  // namespace

std::string console_report(const std::filesystem::path& directory) {
  return render(
      directory, [](const report::Pipeline& pipeline) { return pipeline_text(pipeline); },
      [](const report::RunLog& log) { return run_text(log); });
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
        document["summary"] = read_json(report::summary_path(directory));
        for (const auto& run : pipeline.runs) {
          if (run.log) document["runs"][run.path] = read_run_records(directory / run.path);
        }
        return document.dump(2);
      },
      [&](const report::RunLog&) {
        document["runs"]["."] = read_run_records(directory);
        return document.dump(2);
      });
  return text + "\n";
}

std::string html_report(const std::filesystem::path& directory) {
  return render(
      directory, [](const report::Pipeline& pipeline) { return render_html(pipeline); },
      [](const report::RunLog& log) { return render_html(log); });
}

std::string refreshing(std::string page, int64_t seconds) {
  const std::string head = "<head>\n";
  page.insert(page.find(head) + head.size(), fmt::format("<meta http-equiv=\"refresh\" content=\"{}\">\n", seconds));
  return page;
}

bool is_finished(const std::filesystem::path& directory) {
  return is_pipeline(directory) ? report::read_pipeline(directory).pending.empty()
                                : report::read_run_log(directory).finished;
}

}  // namespace reconcile
