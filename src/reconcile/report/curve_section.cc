#include <fmt/format.h>

#include <algorithm>

#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/series.h"

namespace reconcile::report {
namespace {

/// The first validation metric of every task, each once: tasks that are measured alike share a drawing.
std::vector<std::string> validation_metrics(const std::vector<const RunLog*>& logs) {
  std::vector<std::string> names;
  for (const RunLog* log : logs) {
    for (const auto& epoch : log->epochs) {
      for (const auto& [task, metrics] : epoch.validation) {
        if (metrics.empty()) continue;
        const std::string& name = metrics.front().first;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
  }
  return names;
}

Measure training_loss() { return {.title = "training loss", .value = training("loss")}; }

/// The validation metrics, and the losses on both splits.
std::vector<Measure> measures_of(const std::vector<const RunLog*>& logs) {
  std::vector<Measure> measures;
  for (const auto& metric : validation_metrics(logs)) {
    measures.push_back({.title = "validation " + metric, .value = validation(metric), .is_percent = is_share(metric)});
  }
  measures.push_back(training_loss());
  measures.push_back({.title = "validation loss", .value = validation("loss")});
  return measures;
}

std::string unfinished(const Pipeline& pipeline) {
  std::string names;
  for (const auto& run : pipeline.runs) {
    if (run.log && !run.log->finished) names += (names.empty() ? "" : ", ") + run.path;
  }
  return names.empty() ? "" : paragraph("Not finished: " + names + ".", "dim");
}

}  // namespace

std::string curve_section(const Pipeline& pipeline) {
  std::vector<const RunLog*> logs;
  for (const auto& run : pipeline.runs) {
    if (run.log) logs.push_back(&*run.log);
  }
  std::string body;
  const std::string bands =
      pipeline.seeds.size() > 1 ? " Lines are means over seeds, bands reach from the lowest to the highest." : "";
  for (const auto& measure : measures_of(logs)) {
    const std::string sentence =
        fmt::format("How the {} went over the epochs of each method, for every task.{}", measure.title, bands);
    body += curve_figure(sentence, method_charts(pipeline, measure), task_legend(pipeline.tasks) + line_legend(),
                         measure.title);
  }
  if (body.empty()) return paragraph("No run.jsonl of a joint training is there, so there are no curves.");
  return body + unfinished(pipeline);
}

std::string curve_figures(const RunLog& log) {
  std::vector<CurveChart> charts;
  const auto measures = measures_of({&log});
  for (const auto& measure : measures) charts.push_back(run_chart(log, measure));
  const bool was_validated = measures.size() > 2;
  const std::string body = curve_figure(
      was_validated ? "Losses and validation metrics of each task over the epochs: where training falls and validation "
                      "does not, the network learns by heart."
                    : "Training loss of each task over the epochs; there was no validation.",
      charts, task_legend(log.tasks), "curves");
  return body.empty() ? paragraph("No epoch has finished yet, so there are no curves.") : body;
}

}  // namespace reconcile::report
