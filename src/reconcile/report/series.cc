#include "reconcile/report/series.h"

#include <algorithm>
#include <cmath>

#include "reconcile/report/page.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

double value_in(const PerTask<double>& numbers, const std::string& task, const std::string& metric) {
  const auto* metrics = find(numbers, task);
  const double* value = metrics ? find(*metrics, metric) : nullptr;
  return value ? *value : kMissing;
}

/// The values over epochs, NaN where an epoch has none; empty if no epoch has one.
std::vector<double> read_series(const RunLog& log, const std::string& task, const Reading& reading) {
  std::vector<double> values;
  for (const auto& epoch : log.epochs) values.push_back(reading ? reading(epoch, task) : kMissing);
  const bool is_empty = std::all_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  return is_empty ? std::vector<double>{} : values;
}

/// Makes `limit` the least (or, negated, the largest) of itself and of another run's.
void widen(std::vector<double>& limit, const std::vector<double>& other, double (*pick)(double, double)) {
  limit.resize(std::max(limit.size(), other.size()), kMissing);
  for (size_t e = 0; e < other.size(); ++e) limit[e] = pick(limit[e], other[e]);
}

Curve read_curve(const std::vector<const RunLog*>& logs, const std::string& task, const Measure& measure) {
  Curve curve;
  for (const RunLog* log : logs) {
    auto values = read_series(*log, task, measure.value);
    if (values.empty()) continue;
    curve.seeds.push_back(std::move(values));
    widen(curve.low, read_series(*log, task, measure.low), [](double a, double b) { return std::fmin(a, b); });
    widen(curve.high, read_series(*log, task, measure.high), [](double a, double b) { return std::fmax(a, b); });
  }
  return curve;
}

struct LineKind {
  const char *kind, *style, *words;
};
constexpr LineKind kLineKinds[] = {
    {"single", " dotted", ", single-task"}, {"base", " dashed", ""}, {"recon", "", ", with Recon"}};

void add_line(CurveChart& chart, const std::vector<const RunLog*>& logs, const std::string& task,
              const std::string& colour, const Measure& measure, const LineKind& kind) {
  Curve curve = read_curve(logs, task, measure);
  if (curve.seeds.empty()) return;
  curve.label = (task.empty() ? std::string("all tasks") : task) + kind.words;
  curve.style = colour + kind.style;
  curve.colour = colour;
  chart.curves.push_back(std::move(curve));
}

/// Calls `add(task, colour)` for each line that a run has.
template <class Add>
void for_each_task(const std::vector<std::string>& tasks, bool is_of_tasks, Add add) {
  if (!is_of_tasks) return add(std::string(), std::string("ink"));
  for (size_t task = 0; task < tasks.size(); ++task) add(tasks[task], task_colour(task));
}

}  // namespace

Reading training(const std::string& metric) {
  return [metric](const EpochRecord& epoch, const std::string& task) { return value_in(epoch.train, task, metric); };
}

Reading validation(const std::string& metric) {
  return
      [metric](const EpochRecord& epoch, const std::string& task) { return value_in(epoch.validation, task, metric); };
}

CurveChart method_chart(const Pipeline& pipeline, const std::string& method, const Measure& measure) {
  CurveChart chart{.title = label_of(pipeline, "base", method) + ": " + measure.title,
                   .curves = {},
                   .is_percent = measure.is_percent,
                   .is_log = measure.is_log};
  for_each_task(pipeline.tasks, measure.is_of_tasks, [&](const std::string& task, const std::string& colour) {
    for (const auto& kind : kLineKinds) {
      if (kind.kind == std::string("single") && !measure.is_of_single) continue;
      add_line(chart, logs_of(pipeline, kind.kind, method), task, colour, measure, kind);
    }
  });
  return chart;
}

std::vector<CurveChart> method_charts(const Pipeline& pipeline, const Measure& measure) {
  std::vector<CurveChart> charts;
  for (const auto& method : methods_of(pipeline)) charts.push_back(method_chart(pipeline, method, measure));
  std::erase_if(charts, [](const CurveChart& chart) { return chart.curves.empty(); });
  return charts;
}

CurveChart run_chart(const RunLog& log, const Measure& measure) {
  CurveChart chart{.title = measure.title, .curves = {}, .is_percent = measure.is_percent, .is_log = measure.is_log};
  for_each_task(log.tasks, measure.is_of_tasks, [&](const std::string& task, const std::string& colour) {
    add_line(chart, {&log}, task, colour, measure, {"", "", ""});
  });
  return chart;
}

std::string curve_figure(const std::string& sentence, const std::vector<CurveChart>& charts, const std::string& legend,
                         const std::string& name) {
  std::vector<std::string> drawings;
  for (const auto& chart : charts) {
    if (!chart.curves.empty()) drawings.push_back(curve_chart(chart));
  }
  return drawings.empty() ? "" : figure(sentence, drawings, legend, {name, curve_table(charts)});
}

Named<const RunLog*> example_runs(const Pipeline& pipeline) {
  const auto methods = methods_of(pipeline);
  if (methods.empty()) return {};
  const Comparison best = compare(pipeline);
  const std::string method = best.recon ? best.recon->method : best.base ? best.base->method : methods.front();
  Named<const RunLog*> runs;
  for (const char* kind : {"base", "recon", "train"}) {
    const auto logs = logs_of(pipeline, kind, method);
    if (!logs.empty()) runs.emplace_back(label_of(pipeline, kind, method), logs.front());
  }
  return runs;
}

std::string task_legend(const std::vector<std::string>& tasks) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (size_t task = 0; task < tasks.size(); ++task) entries.emplace_back(task_colour(task), tasks[task]);
  return legend(entries);
}

std::string line_legend(bool with_single) {
  std::vector<std::pair<std::string, std::string>> entries{{"line ink", "with Recon"},
                                                           {"line ink dashed", "without Recon"}};
  if (with_single) entries.emplace_back("line ink dotted", "single-task");
  return legend(entries);
}

}  // namespace reconcile::report
