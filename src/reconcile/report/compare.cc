#include "reconcile/report/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reconcile/base/json_lines.h"
#include "reconcile/base/options.h"
#include "reconcile/report/comparison.h"
#include "reconcile/report/csv.h"
#include "reconcile/report/paper.h"
#include "reconcile/report/quantities.h"
#include "reconcile/report/result_table.h"
#include "reconcile/report/study_page.h"
#include "reconcile/report/study_words.h"

namespace reconcile {
namespace {

/// Any of these makes a folder a record of its own, with a report of its own.
constexpr std::array kRecordFiles{"summary.json", "sweep.json", "run.jsonl"};

report::Study read_study(const ComparisonRequest& request) {
  report::Outcomes outcomes;
  std::vector<std::filesystem::path> seen;
  for (const auto& directory : request.directories) {
    const auto whole = std::filesystem::weakly_canonical(directory);
    if (std::find(seen.begin(), seen.end(), whole) != seen.end()) continue;
    seen.push_back(whole);
    report::add_outcomes(directory, outcomes);
  }
  return report::make_study(outcomes, request.base);
}

/// The comparison as text; `heading` begins a line above each table.
std::string text_of(const report::Study& study, const std::string& heading,
                    std::string (*to_text)(const report::Table&)) {
  const report::ResultTable results = report::result_table(study);
  const report::Table differences = report::difference_table(study, {report::main_quantity(study)});
  std::string text = fmt::format("{}\n\n{}\n{}\n", report::headline(study), to_text(report::plain_table(results)),
                                 report::table_note(study) + " " + report::mark_note(results));
  if (!differences.rows.empty()) {
    text += fmt::format("\n{}Against {}\n\n{}\n\n{}", heading, study.contenders[study.base].label,
                        report::difference_note(), to_text(differences));
  }
  text += fmt::format("\n{}Protocols\n\n{}\n", heading, report::protocol_sentence(study));
  const auto protocols = report::protocol_tables(study);
  if (!protocols.empty()) text += fmt::format("\n{}\n\n{}", protocols[0].title, to_text(protocols[0].table));
  return text + paper_text(report::paper_tables(as_pipeline(study)), to_text);
}

Json to_json(const report::PerTask<double>& values) {
  Json result = Json::object();
  for (const auto& [task, metrics] : values) {
    for (const auto& [metric, value] : metrics) result[task][metric] = number(value);
  }
  return result;
}

Json to_json(const report::Contender& contender, const report::Study& study) {
  Json seeds = Json::array();
  for (const auto& seed : contender.seeds) {
    Json entry{{"seed", seed.seed}};
    for (const auto protocol : report::kProtocols) {
      const report::Measured& measured = seed.at(protocol);
      if (measured.metrics.empty()) continue;
      entry[report::protocol_title(protocol, study)] = {{"metrics", to_json(measured.metrics)},
                                                        {"delta_m", number(measured.delta_m)},
                                                        {"delta_m_flat", number(measured.delta_m_flat)}};
    }
    seeds.push_back(std::move(entry));
  }
  return {{"label", contender.label},
          {"kind", contender.kind},
          {"method", contender.method},
          {"parameters", number(contender.parameters)},
          {"seconds_per_step", number(contender.seconds_per_step)},
          {"seeds", seeds}};
}

Json to_json(const report::Table& table) {
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json object = Json::object();
    for (size_t c = 0; c < row.size(); ++c) object[table.columns[c]] = row[c];
    rows.push_back(std::move(object));
  }
  return rows;
}

}  // namespace

std::string console_comparison(const ComparisonRequest& request) {
  return text_of(read_study(request), "", report::to_text);
}

std::string markdown_comparison(const ComparisonRequest& request) {
  return text_of(read_study(request), "### ", report::to_markdown);
}

std::string csv_comparison(const ComparisonRequest& request) {
  return to_csv(report::number_table(as_pipeline(read_study(request))));
}

std::string latex_comparison(const ComparisonRequest& request) {
  const report::Study study = read_study(request);
  return report::to_latex(report::result_table(study), report::table_note(study));
}

std::string json_comparison(const ComparisonRequest& request) {
  const report::Study study = read_study(request);
  Json rows = Json::array();
  for (const auto& contender : study.contenders) rows.push_back(to_json(contender, study));
  return Json{{"schema_version", 1},
              {"tasks", study.tasks},
              {"base", study.contenders[study.base].label},
              {"rows", rows},
              {"differences", to_json(report::difference_table(study, report::quantities(study)))},
              {"unfinished", study.unfinished}}
             .dump(2) +
         "\n";
}

std::string html_comparison(const ComparisonRequest& request) { return render_html(read_study(request)); }

bool holds_several_runs(const std::filesystem::path& directory) {
  if (!std::filesystem::is_directory(directory)) return false;
  return std::none_of(kRecordFiles.begin(), kRecordFiles.end(),
                      [&](const char* file) { return std::filesystem::exists(directory / file); });
}

}  // namespace reconcile
