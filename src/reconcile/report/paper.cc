#include "reconcile/report/paper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"

namespace reconcile::report {
namespace {

/// "depth.abs_err" is the metric "abs_err" of the task "depth".
struct Name {
  std::string task, metric;
};

/// Cuts at the first dot behind a task that the row has: task names may hold dots, as metrics do (within_11.25).
Name split_name(const std::string& name, const Row& row) {
  for (const auto& [task, metrics] : row.metrics) {
    if (!name.starts_with(task + ".")) continue;
    const std::string metric = name.substr(task.size() + 1);
    if (find(metrics, metric)) return {task, metric};
  }
  const size_t dot = name.find('.');
  return dot == std::string::npos ? Name{"", name} : Name{name.substr(0, dot), name.substr(dot + 1)};
}

/// Mean over the tasks; nothing unless all have the metric.
Statistic mean_over_tasks(const Row& row, const std::string& metric) {
  Statistic result{.mean = 0, .n = 0};
  for (const auto& [task, metrics] : row.metrics) {
    const Statistic* value = find(metrics, metric);
    if (!value) return {};
    result.mean += value->mean / static_cast<double>(row.metrics.size());
    result.n = value->n;
  }
  return result;
}

bool is_of(const Expected& expected, const Row& row) {
  return expected.kind == row.kind && (expected.kind == "single" || expected.method == row.method);
}

std::string title_of(const std::string& name, const Row& row) {
  if (name == "delta_m") return "delta m %";
  if (name == "delta_m_flat") return "flat delta m %";
  if (name == "megabytes") return "MB";
  const auto [task, metric] = split_name(name, row);
  return metric_title(task, metric);
}

std::string label_of(const Expected& expected) {
  if (expected.kind == "single") return "Single-task";
  return expected.kind == "recon" ? expected.method + " + Recon" : expected.method;
}

std::string cell(double printed, const Row& row, const std::string& name) {
  const Statistic ours = measured_value(row, name);
  const std::string metric = name.find('.') == std::string::npos ? "" : split_name(name, row).metric;
  const double scale = is_share(metric) ? 100 : 1;
  const int digits = metric.empty() ? 2 : metric_digits(metric);
  const std::string text = std::isnan(printed) ? "-" : fixed(scale * printed, digits);
  if (ours.n == 0) return text == "-" ? text : text + " / -";
  std::string measured = text + " / " + fixed(scale * ours.mean, digits);
  if (std::isnan(printed)) return measured;
  return fmt::format("{} ({})", measured, signed_fixed(scale * (ours.mean - printed), digits));
}

std::vector<PaperTable> tables_of(const std::vector<Expected>& expected, const std::vector<Row>& rows) {
  std::vector<PaperTable> tables;
  for (const auto& source : sources_of(expected)) {
    Table table{.columns = {"paper / ours"}, .rows = {}};
    for (const auto& name : source.values) table.columns.push_back(title_of(name, rows.empty() ? Row{} : rows[0]));
    for (const auto& entry : source.rows) {
      const auto place = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return is_of(entry, row); });
      const Row row = place == rows.end() ? Row{.label = label_of(entry), .kind = entry.kind} : *place;
      auto& cells = table.rows.emplace_back(1, row.label);
      for (const auto& name : source.values) {
        const double* printed = find(entry.values, name);
        cells.push_back(cell(printed ? *printed : kMissing, row, name));
      }
    }
    tables.push_back({source.name, std::move(table)});
  }
  return tables;
}

/// A run as a row of one seed.
Row row_of(const RunLog& log) {
  Row row{.label = log.method, .kind = log.kind, .method = log.method, .megabytes = log.megabytes};
  for (const auto& [task, values] : log.test) {
    auto& statistics = row.metrics.emplace_back(task, Named<Statistic>{}).second;
    for (const auto& [metric, value] : values) statistics.emplace_back(metric, Statistic{value, kMissing, 1});
  }
  return row;
}

}  // namespace

std::vector<Source> sources_of(const std::vector<Expected>& expected) {
  std::vector<Source> sources;
  for (const auto& row : expected) {
    auto place =
        std::find_if(sources.begin(), sources.end(), [&](const Source& source) { return source.name == row.source; });
    if (place == sources.end()) place = sources.insert(sources.end(), {row.source, {}, {}});
    place->rows.push_back(row);
    for (const auto& [name, value] : row.values) {
      if (std::count(place->values.begin(), place->values.end(), name) == 0) place->values.push_back(name);
    }
  }
  return sources;
}

double printed_value(const Source& source, const Row& row, const std::string& name) {
  for (const auto& entry : source.rows) {
    const double* value = is_of(entry, row) ? find(entry.values, name) : nullptr;
    if (value) return *value;
  }
  return kMissing;
}

Statistic measured_value(const Row& row, const std::string& name) {
  if (name == "delta_m") return row.delta_m;
  if (name == "delta_m_flat") return row.delta_m_flat;
  if (name == "megabytes") return {row.megabytes, kMissing, std::isfinite(row.megabytes) ? 1 : 0};
  const auto [task, metric] = split_name(name, row);
  const auto* metrics = find(row.metrics, task);
  if (!metrics) return name.starts_with("mean.") ? mean_over_tasks(row, metric) : Statistic{};
  const Statistic* value = find(*metrics, metric);
  return value ? *value : Statistic{};
}

std::vector<PaperTable> paper_tables(const Pipeline& pipeline) { return tables_of(pipeline.expected, pipeline.rows); }

std::vector<PaperTable> paper_tables(const RunLog& log) {
  const Row row = row_of(log);
  std::vector<Expected> own;
  for (const auto& entry : log.expected) {
    if (log.finished && is_of(entry, row)) own.push_back(entry);
  }
  return tables_of(own, {row});
}

std::string paper_text(const std::vector<PaperTable>& tables, std::string (*to_text)(const Table&)) {
  std::string text;
  for (const auto& [source, table] : tables) {
    text += fmt::format("\n{}: paper / ours (difference)\n\n{}", source, to_text(table));
  }
  return text;
}

}  // namespace reconcile::report
