#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

/// What a curve shows: one number of a task in every epoch.
struct Source {
  bool is_validation = false;
  std::string metric;
  [[nodiscard]] std::string name() const { return (is_validation ? "validation " : "training ") + metric; }
};
const Source kWeight{false, "weight"};
const Source kTrainLoss{false, "loss"};

const PerTask<double>& numbers_of(const EpochRecord& epoch, bool is_validation) {
  return is_validation ? epoch.validation : epoch.train;
}

/// The values of a task over epochs, NaN where an epoch has none; empty if no epoch has one.
std::vector<double> series(const RunLog& log, const std::string& task, const Source& source) {
  std::vector<double> values;
  for (const auto& epoch : log.epochs) {
    const auto* metrics = find(numbers_of(epoch, source.is_validation), task);
    const double* value = metrics ? find(*metrics, source.metric) : nullptr;
    values.push_back(value ? *value : kMissing);
  }
  const bool is_empty = std::all_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  return is_empty ? std::vector<double>{} : values;
}

/// The first validation metric of every task, each once: tasks that are measured alike share a drawing.
std::vector<Source> validation_sources(const std::vector<const RunLog*>& logs) {
  std::vector<Source> sources;
  for (const RunLog* log : logs) {
    for (const auto& epoch : log->epochs) {
      for (const auto& [task, metrics] : epoch.validation) {
        const auto is_known = [&metrics = metrics](const Source& s) { return s.metric == metrics.front().first; };
        if (metrics.empty() || std::any_of(sources.begin(), sources.end(), is_known)) continue;
        sources.push_back({true, metrics.front().first});
      }
    }
  }
  return sources;
}

Curve collect(const std::vector<const RunLog*>& logs, size_t task, const std::string& name, const Source& source,
              const std::string& line) {
  Curve curve{.seeds = {}, .style = task_colour(task) + " " + line, .colour = task_colour(task)};
  for (const RunLog* log : logs) {
    auto values = series(*log, name, source);
    if (!values.empty()) curve.seeds.push_back(std::move(values));
  }
  return curve;
}

std::vector<Curve> curves_of(const Pipeline& pipeline, const std::string& method, const Source& source) {
  std::vector<Curve> curves;
  for (size_t task = 0; task < pipeline.tasks.size(); ++task) {
    for (const auto& [kind, line] :
         {std::pair("single", "dotted"), std::pair("base", "dashed"), std::pair("recon", "")}) {
      const bool has_one_task = kind == std::string("single");
      if (has_one_task && source.metric == kWeight.metric) continue;  // there is nothing to weigh
      auto curve = collect(logs_of(pipeline, kind, method), task, pipeline.tasks[task], source, line);
      if (!curve.seeds.empty()) curves.push_back(std::move(curve));
    }
  }
  return curves;
}

/// Validation metrics, or the training loss where nothing was validated.
std::vector<Source> sources_of(const Pipeline& pipeline) {
  std::vector<const RunLog*> logs;
  for (const auto& run : pipeline.runs) {
    if (run.log) logs.push_back(&*run.log);
  }
  const auto sources = validation_sources(logs);
  return sources.empty() ? std::vector{kTrainLoss} : sources;
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

std::string run_figure(const RunLog& log, const Source& source, const std::string& title) {
  std::vector<Curve> curves;
  for (size_t task = 0; task < log.tasks.size(); ++task) {
    auto curve = collect({&log}, task, log.tasks[task], source, "");
    if (!curve.seeds.empty()) curves.push_back(std::move(curve));
  }
  if (curves.empty()) return "";
  return curve_chart(curves, title, is_share(source.metric), "Curves: " + title + " of each task over epochs");
}

/// One drawing for each method that has such curves.
std::vector<std::string> method_drawings(const Pipeline& pipeline, const Source& source, const std::string& name) {
  std::vector<std::string> drawings;
  for (const auto& method : methods_of(pipeline)) {
    const auto curves = curves_of(pipeline, method, source);
    if (curves.empty()) continue;
    const std::string title = label_of(pipeline, "base", method) + ": " + name;
    drawings.push_back(
        curve_chart(curves, title, is_share(source.metric), "Curves: " + title + " of each task over epochs"));
  }
  return drawings;
}

std::string weight_figure(const Pipeline& pipeline) {
  const auto drawings = method_drawings(pipeline, kWeight, "task weight");
  if (drawings.empty()) return "";
  return figure(
      "The weight of each task's gradient in the shared update: the mean over an epoch's steps, on the scale "
      "where plain summing weighs each task 1.",
      drawings, curve_legend(pipeline.tasks));
}

}  // namespace

std::string curve_section(const Pipeline& pipeline) {
  std::vector<std::string> drawings;
  std::vector<std::string> names;
  for (const auto& source : sources_of(pipeline)) {
    const auto of_source = method_drawings(pipeline, source, source.name());
    drawings.insert(drawings.end(), of_source.begin(), of_source.end());
    names.push_back(source.name());
  }
  if (drawings.empty()) return paragraph("No run.jsonl of a joint training is there, so there are no curves.");
  const std::string bands =
      pipeline.seeds.size() > 1 ? " Lines are means over seeds, bands reach from the lowest to the highest." : "";
  return figure(fmt::format("How {} went over the epochs of each method, for every task.{}", fmt::join(names, ", "),
                            bands),
                drawings, curve_legend(pipeline.tasks) + line_legend()) +
         weight_figure(pipeline) + unfinished(pipeline);
}

std::string curve_figures(const RunLog& log) {
  const auto validation = validation_sources({&log});
  std::vector<std::string> drawings{run_figure(log, kTrainLoss, "training loss")};
  for (const auto& source : validation) drawings.push_back(run_figure(log, source, source.name()));
  drawings.push_back(run_figure(log, kWeight, "task weight"));
  std::erase(drawings, "");
  if (drawings.empty()) return paragraph("No epoch has finished yet, so there are no curves.");
  return figure(validation.empty() ? "Training loss of each task over the epochs; there was no validation."
                                   : "Training loss and validation metric of each task over the epochs.",
                drawings, curve_legend(log.tasks));
}

}  // namespace reconcile::report
