#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

/// What a curve shows: the first validation metric, the training loss, or the weight of the task's gradient.
enum class Source { kValidation, kTrainLoss, kWeight };

/// NaN if the epoch does not have it.
double value_of(const EpochRecord& epoch, const std::string& task, Source source) {
  const auto* metrics = find(source == Source::kValidation ? epoch.validation : epoch.train, task);
  if (!metrics || metrics->empty()) return kMissing;
  if (source != Source::kWeight) return metrics->front().second;
  const double* weight = find(*metrics, "weight");
  return weight ? *weight : kMissing;
}

/// The values of a task over epochs; empty if the log has none.
std::vector<double> series(const RunLog& log, const std::string& task, Source source) {
  std::vector<double> values;
  for (const auto& epoch : log.epochs) values.push_back(value_of(epoch, task, source));
  const bool is_empty = std::all_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  return is_empty ? std::vector<double>{} : values;
}

std::string metric_name(const RunLog& log, Source source) {
  for (const auto& epoch : log.epochs) {
    for (const auto& [task, metrics] : source == Source::kValidation ? epoch.validation : epoch.train) {
      if (!metrics.empty()) return metrics.front().first;
    }
  }
  return "";
}

Curve collect(const std::vector<const RunLog*>& logs, size_t task, const std::string& name, Source source,
              const std::string& line) {
  Curve curve{.seeds = {}, .style = task_colour(task) + " " + line, .colour = task_colour(task)};
  for (const RunLog* log : logs) {
    auto values = series(*log, name, source);
    if (!values.empty()) curve.seeds.push_back(std::move(values));
  }
  return curve;
}

std::vector<Curve> curves_of(const Pipeline& pipeline, const std::string& method, Source source) {
  std::vector<Curve> curves;
  for (size_t task = 0; task < pipeline.tasks.size(); ++task) {
    for (const auto& [kind, line] :
         {std::pair("single", "dotted"), std::pair("base", "dashed"), std::pair("recon", "")}) {
      if (source == Source::kWeight && kind == std::string("single")) continue;  // a single task has nothing to weigh
      auto curve = collect(logs_of(pipeline, kind, method), task, pipeline.tasks[task], source, line);
      if (!curve.seeds.empty()) curves.push_back(std::move(curve));
    }
  }
  return curves;
}

Source source_of(const Pipeline& pipeline) {
  for (const auto& run : pipeline.runs) {
    if (run.log && !metric_name(*run.log, Source::kValidation).empty()) return Source::kValidation;
  }
  return Source::kTrainLoss;
}

std::string name_of(const Pipeline& pipeline, Source source) {
  for (const auto& run : pipeline.runs) {
    const std::string name = run.log ? metric_name(*run.log, source) : "";
    if (!name.empty()) return name;
  }
  return "";
}

std::string curve_legend(const std::vector<std::string>& tasks) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (size_t task = 0; task < tasks.size(); ++task) entries.emplace_back(task_colour(task), tasks[task]);
  return legend(entries);
}

std::string line_legend() {
  return legend({{"line ink", "with Recon"}, {"line ink dashed", "without Recon"}, {"line ink dotted", "single-task"}});
}

std::string unfinished(const Pipeline& pipeline) {
  std::string names;
  for (const auto& run : pipeline.runs) {
    if (run.log && !run.log->finished) names += (names.empty() ? "" : ", ") + run.path;
  }
  return names.empty() ? "" : paragraph("Not finished: " + names + ".", "dim");
}

std::string run_figure(const RunLog& log, Source source, const std::string& title) {
  std::vector<Curve> curves;
  for (size_t task = 0; task < log.tasks.size(); ++task) {
    auto curve = collect({&log}, task, log.tasks[task], source, "");
    if (!curve.seeds.empty()) curves.push_back(std::move(curve));
  }
  if (curves.empty()) return "";
  return curve_chart(curves, title, is_share(metric_name(log, source)),
                     "Curves: " + title + " of each task over epochs");
}

/// One drawing for each method that has such curves.
std::vector<std::string> method_drawings(const Pipeline& pipeline, Source source, const std::string& name) {
  std::vector<std::string> drawings;
  for (const auto& method : methods_of(pipeline)) {
    const auto curves = curves_of(pipeline, method, source);
    if (curves.empty()) continue;
    const std::string title = label_of(pipeline, "base", method) + ": " + name;
    drawings.push_back(curve_chart(curves, title, is_share(name), "Curves: " + title + " of each task over epochs"));
  }
  return drawings;
}

std::string weight_figure(const Pipeline& pipeline) {
  const auto drawings = method_drawings(pipeline, Source::kWeight, "task weight");
  if (drawings.empty()) return "";
  return figure(
      "The weight of each task's gradient in the shared update: the mean over an epoch's steps, on the scale "
      "where plain summing weighs each task 1.",
      drawings, curve_legend(pipeline.tasks));
}

}  // namespace

std::string curve_section(const Pipeline& pipeline) {
  const Source source = source_of(pipeline);
  const std::string name = (source == Source::kValidation ? "validation " : "training ") + name_of(pipeline, source);
  const auto drawings = method_drawings(pipeline, source, name);
  if (drawings.empty()) return paragraph("No run.jsonl of a joint training is there, so there are no curves.");
  const std::string bands =
      pipeline.seeds.size() > 1 ? " Lines are means over seeds, bands reach from the lowest to the highest." : "";
  return figure(fmt::format("How {} went over the epochs of each method, for every task.{}", name, bands), drawings,
                curve_legend(pipeline.tasks) + line_legend()) +
         weight_figure(pipeline) + unfinished(pipeline);
}

std::string curve_figures(const RunLog& log) {
  std::vector<std::string> drawings;
  for (const auto& drawing :
       {run_figure(log, Source::kTrainLoss, "training loss"),
        run_figure(log, Source::kValidation, "validation " + metric_name(log, Source::kValidation)),
        run_figure(log, Source::kWeight, "task weight")}) {
    if (!drawing.empty()) drawings.push_back(drawing);
  }
  if (drawings.empty()) return paragraph("No epoch has finished yet, so there are no curves.");
  const bool validated = !metric_name(log, Source::kValidation).empty();
  return figure(validated ? "Training loss and validation metric of each task over the epochs."
                          : "Training loss of each task over the epochs; there was no validation.",
                drawings, curve_legend(log.tasks));
}

}  // namespace reconcile::report
