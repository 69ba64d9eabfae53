#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/comparison.h"
#include "reconcile/report/csv.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

std::string table_note(const Pipeline& pipeline) {
  const std::string seeds = pipeline.seeds.size() > 1
                                ? fmt::format("means ± one standard deviation over {} seeds", pipeline.seeds.size())
                                : std::string("those of one seed");
  return fmt::format(
      "Protocol: {}. Values are {}. Delta m: criteria averaged inside a task first, higher is better. Flat "
      "delta m: all criteria in one mean, lower is better.",
      pipeline.protocol, seeds);
}

std::string row_style(const Row& row, const std::string& colour) {
  return row.kind == "recon" ? "fill " + colour : "fill faint " + colour;
}

std::string delta_figure(const Pipeline& pipeline) {
  std::vector<Bar> bars;
  for (const auto& row : pipeline.rows) {
    if (row.kind == "single" || row.delta_m.n == 0) continue;
    bars.push_back(
        {row.label, row.delta_m, text_of(row.delta_m) + " %", row.kind == "recon" ? "fill accent" : "before"});
  }
  if (bars.empty()) return paragraph("There are no single-task runs, so there is no delta m.", "dim");
  const auto best = std::max_element(bars.begin(), bars.end(),
                                     [](const Bar& a, const Bar& b) { return a.value.mean < b.value.mean; });
  const std::string sentence = fmt::format(
      "Delta m, the mean relative change over the tasks against single-task networks (higher is better): {} comes "
      "out best with {} %.",
      best->label, signed_fixed(best->value.mean, 2));
  return figure(sentence, {bar_chart(bars, "single-task", "delta m (%)", "Bars: " + sentence)},
                legend({{"grey", "without Recon"}, {"accent", "with Recon"}}), {"delta m", number_table(pipeline)});
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
      drawings, legend(colours), {"tasks", number_table(pipeline)});
}

}  // namespace

std::string results_section(const Pipeline& pipeline) {
  if (pipeline.rows.empty()) return paragraph("No training has finished yet, so there are no results.");
  const Table table = comparison_table(pipeline), best = comparison_table(pipeline, Pick::kBest);
  std::string body = delta_figure(pipeline) + task_figure(pipeline);
  body += "<h3>The table</h3>\n" + paragraph(table_note(pipeline), "dim");
  body += html_table(table);
  body += folded("Copy as CSV (all digits)", to_csv(number_table(pipeline)));
  body += folded("Copy as Markdown", to_markdown(table));
  if (best.columns.size() > 1) body += "<h3>At the best epoch</h3>\n" + html_table(best);
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
