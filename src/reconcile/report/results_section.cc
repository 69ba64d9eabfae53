#include <fmt/format.h>

#include <algorithm>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/quantities.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/study_page.h"
#include "reconcile/report/summary.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

std::string row_style(const Row& row, const std::string& colour) {
  return row.kind == "recon" ? "fill " + colour : "fill faint " + colour;
}

/// The row that bars are measured from: single-task, else the first joint one.
const Row* reference_row(const Pipeline& pipeline) {
  for (const auto& row : pipeline.rows) {
    if (row.kind == "single") return &row;
  }
  return pipeline.rows.empty() ? nullptr : &pipeline.rows.front();
}

const Statistic* first_metric(const Row& row, const std::string& task, std::string& name) {
  const auto* metrics = find(row.metrics, task);
  if (!metrics || metrics->empty()) return nullptr;
  name = metrics->front().first;
  return &metrics->front().second;
}

std::string task_chart(const Pipeline& pipeline, const Row& reference, size_t task) {
  const std::string& name = pipeline.tasks[task];
  std::string metric;
  const Statistic* zero = first_metric(reference, name, metric);
  std::vector<Bar> bars;
  for (const auto& row : pipeline.rows) {
    const Statistic* value = first_metric(row, name, metric);
    if (&row == &reference || !value || !zero) continue;
    const double scale = is_share(metric) ? 100 : 1;
    bars.push_back({row.label,
                    {scale * (value->mean - zero->mean), scale * value->sd, value->n},
                    metric_text(*value, metric),
                    row_style(row, task_colour(task))});
  }
  if (bars.empty()) return "";
  const std::string unit = is_share(metric) ? " (points)" : "";
  const std::string direction = better(metric) == "lower is better" ? ", lower is better" : "";
  return bar_chart(bars, fmt::format("{} {}", reference.label, metric_text(*zero, metric)),
                   name + " " + metric + ": difference" + unit + direction,
                   fmt::format("Bars: {} of {} with each method, against {}", metric, name, reference.label));
}

/// Name, metric, mean, sd and n of every row and task.
Table task_table(const Pipeline& pipeline) {
  Table table{.columns = {"method", "task", "metric", "mean", "sd", "n"}, .rows = {}};
  for (const auto& row : pipeline.rows) {
    for (const auto& task : pipeline.tasks) {
      std::string metric;
      const Statistic* value = first_metric(row, task, metric);
      if (!value) continue;
      table.rows.push_back(
          {row.label, task, metric, exact_number(value->mean), exact_number(value->sd), std::to_string(value->n)});
    }
  }
  return table;
}

std::string task_figure(const Pipeline& pipeline) {
  const Row* reference = reference_row(pipeline);
  std::vector<std::string> drawings;
  for (size_t task = 0; task < pipeline.tasks.size() && reference; ++task) {
    const std::string drawing = task_chart(pipeline, *reference, task);
    if (!drawing.empty()) drawings.push_back(drawing);
  }
  if (drawings.empty()) return paragraph("There are not two rows to compare task by task.", "dim");
  std::vector<std::pair<std::string, std::string>> colours;
  for (size_t task = 0; task < pipeline.tasks.size(); ++task)
    colours.emplace_back(task_colour(task), pipeline.tasks[task]);
  const std::string whiskers = pipeline.seeds.size() > 1 ? " Whiskers are one standard deviation over seeds." : "";
  return figure(
      fmt::format("Each task on the test set: bars show the difference from {}, pale without Recon, full with it.{}",
                  reference->label, whiskers),
      drawings, legend(colours), {"tasks", task_table(pipeline)});
}

}  // namespace

std::string results_section(const Pipeline& pipeline) { return results_section(pipeline, study_of(pipeline)); }

std::string results_section(const Pipeline& pipeline, const Study& study) {
  if (pipeline.rows.empty()) return paragraph("No training has finished yet, so there are no results.");
  std::string body = method_figure(study);
  body += study.tasks.size() > kManyTasks ? many_tasks_figure(study) : task_figure(pipeline);
  body += trade_off_figure(study);
  body += "<h3>The table</h3>\n" + table_part(study) + difference_part(study) + protocol_part(study);
  return body;
}

std::string paper_section(const std::vector<PaperTable>& tables) {
  std::string body = paragraph(
      "Each cell: the printed number / ours (by how much ours is larger). Shares in percent. \"-\": not printed, or "
      "not "
      "run.",
      "dim");
  for (const auto& [source, table] : tables) body += "<h3>" + escape(source) + "</h3>\n" + html_table(table);
  return body;
}

}  // namespace reconcile::report
