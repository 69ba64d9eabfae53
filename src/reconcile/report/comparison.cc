#include "reconcile/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "reconcile/report/numbers.h"
#include "reconcile/report/paper.h"

namespace reconcile::report {
namespace {

/// A column and the cell that a record has in it.
template <class Record>
struct Column {
  std::string title;
  std::function<std::string(const Record&)> cell;
};

template <class Record>
Table fill(const std::vector<Column<Record>>& columns, const std::vector<Record>& records) {
  Table table;
  for (const auto& column : columns) table.columns.push_back(column.title);
  for (const auto& record : records) {
    auto& row = table.rows.emplace_back();
    for (const auto& column : columns) row.push_back(column.cell(record));
  }
  return table;
}

Table without_empty_columns(const Table& table) {
  Table result;
  result.rows.resize(table.rows.size());
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const bool empty =
        std::all_of(table.rows.begin(), table.rows.end(), [c](const auto& row) { return row[c] == "-"; });
    if (empty && !table.rows.empty()) continue;
    result.columns.push_back(table.columns[c]);
    for (size_t r = 0; r < table.rows.size(); ++r) result.rows[r].push_back(table.rows[r][c]);
  }
  return result;
}

/// Every (task, metric) that some row has, in order of appearance.
std::vector<std::pair<std::string, std::string>> metric_names(const std::vector<Row>& rows) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& row : rows) {
    for (const auto& [task, metrics] : row.metrics) {
      for (const auto& metric : metrics) {
        const std::pair name(task, metric.first);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
  }
  return names;
}

/// Tasks of which no row has a metric, as no target was known.
std::vector<std::string> tasks_without_metrics(const Pipeline& pipeline) {
  std::vector<std::string> tasks;
  for (const auto& task : pipeline.tasks) {
    const bool measured = std::any_of(pipeline.rows.begin(), pipeline.rows.end(),
                                      [&](const Row& row) { return find(row.metrics, task) != nullptr; });
    if (!measured) tasks.push_back(task);
  }
  return tasks;
}

Statistic statistic_of(const PerTask<Statistic>& values, const std::string& task, const std::string& metric) {
  const auto* metrics = find(values, task);
  const auto* value = metrics ? find(*metrics, metric) : nullptr;
  return value ? *value : Statistic{};
}

/// The value as the statistic of one run; n = 0 where the epoch has none.
Statistic single_value(const PerTask<double>& values, const std::string& task, const std::string& metric) {
  const auto* metrics = find(values, task);
  const auto* value = metrics ? find(*metrics, metric) : nullptr;
  return value ? Statistic{*value, kMissing, 1} : Statistic{};
}

std::string measured(double value, std::string text) { return std::isnan(value) ? "-" : std::move(text); }

void add_statistic(std::vector<Column<Row>>& columns, const std::string& title,
                   const std::function<Statistic(const Row&)>& statistic) {
  columns.push_back({title + " mean", [=](const Row& row) { return exact_number(statistic(row).mean); }});
  columns.push_back({title + " sd", [=](const Row& row) { return exact_number(statistic(row).sd); }});
  columns.push_back({title + " n", [=](const Row& row) { return std::to_string(statistic(row).n); }});
}

/// The number of a paper, and by how much ours is larger.
void add_printed(std::vector<Column<Row>>& columns, const Source& source, const std::string& name) {
  const std::string title = source.name + ": " + name;
  columns.push_back({title, [=](const Row& row) { return exact_number(printed_value(source, row, name)); }});
  columns.push_back({title + " difference", [=](const Row& row) {
                       return exact_number(measured_value(row, name).mean - printed_value(source, row, name));
                     }});
}

}  // namespace

Table comparison_table(const Pipeline& pipeline, Pick pick) {
  std::vector<Column<Row>> columns = {{"method", [](const Row& row) { return row.label; }}};
  for (const auto& [task, metric] : metric_names(pipeline.rows)) {
    if (metric == "loss" || restates_another(metric)) continue;
    columns.push_back({metric_title(task, metric), [pick, task = task, metric = metric](const Row& row) {
                         const auto& metrics = pick == Pick::kLast ? row.metrics : row.best_metrics;
                         const Statistic value = statistic_of(metrics, task, metric);
                         return value.n == 0 && !metrics.empty() ? "n/a" : metric_text(value, metric);
                       }});
  }
  for (const auto& task : pick == Pick::kLast ? tasks_without_metrics(pipeline) : std::vector<std::string>{}) {
    columns.push_back({task, [](const Row& row) { return row.metrics.empty() ? "-" : "n/a"; }});
  }
  if (pick == Pick::kBest) return without_empty_columns(fill(columns, pipeline.rows));
  columns.insert(
      columns.end(),
      {{"delta m %", [](const Row& row) { return text_of(row.delta_m); }},
       {"flat delta m %", [](const Row& row) { return text_of(row.delta_m_flat); }},
       {"MB", [](const Row& row) { return measured(row.megabytes, fixed(row.megabytes, 2)); }},
       {"MACs", [](const Row& row) { return measured(row.macs, compact(row.macs)); }},
       {"s/step", [](const Row& row) { return measured(row.seconds_per_step, fixed(row.seconds_per_step, 3)); }},
       {"severe conflict %", [](const Row& row) { return text_of(row.severe_share, 100, 1); }}});
  return without_empty_columns(fill(columns, pipeline.rows));
}

Table number_table(const Pipeline& pipeline) {
  std::vector<Column<Row>> columns = {{"label", [](const Row& row) { return row.label; }},
                                      {"kind", [](const Row& row) { return row.kind; }},
                                      {"method", [](const Row& row) { return row.method; }}};
  for (const auto& [task, metric] : metric_names(pipeline.rows)) {
    const std::string title = task + " " + metric;
    const auto add = [&, task = task, metric = metric](const std::string& name, auto metrics) {
      add_statistic(columns, name, [=](const Row& row) { return statistic_of(row.*metrics, task, metric); });
    };
    add(title, &Row::metrics);
    add("best " + title, &Row::best_metrics);
  }
  add_statistic(columns, "delta_m", [](const Row& row) { return row.delta_m; });
  add_statistic(columns, "delta_m_flat", [](const Row& row) { return row.delta_m_flat; });
  add_statistic(columns, "severe_share", [](const Row& row) { return row.severe_share; });
  add_statistic(columns, "conflict_share", [](const Row& row) { return row.conflict_share; });
  columns.insert(columns.end(),
                 {{"parameters", [](const Row& row) { return exact_number(row.parameters); }},
                  {"megabytes", [](const Row& row) { return exact_number(row.megabytes); }},
                  {"macs", [](const Row& row) { return exact_number(row.macs); }},
                  {"seconds_per_step", [](const Row& row) { return exact_number(row.seconds_per_step); }}});
  for (const auto& source : sources_of(pipeline.expected)) {
    for (const auto& name : source.values) add_printed(columns, source, name);
  }
  return fill(columns, pipeline.rows);
}

Table ranking_table(const Pipeline& pipeline) {
  Table table{.columns = {"layer", "score", "parameters", "split", "parameters added"}, .rows = {}};
  for (size_t i = 0; i < pipeline.ranking.size(); ++i) {
    const auto& [layer, score, parameters] = pipeline.ranking[i];
    const bool is_split =
        pipeline.plan && std::count(pipeline.plan->layers.begin(), pipeline.plan->layers.end(), layer) > 0;
    const bool has_cost = i + 1 < pipeline.costs.size();
    const double added = has_cost ? pipeline.costs[i + 1].parameters - pipeline.costs[0].parameters : kMissing;
    table.rows.push_back(
        {layer, exact_number(score), exact_number(parameters), is_split ? "yes" : "no", exact_number(added)});
  }
  return table;
}

Table epoch_table(const RunLog& log) {
  std::vector<Column<EpochRecord>> columns = {
      {"epoch", [](const EpochRecord& epoch) { return std::to_string(epoch.epoch); }}};
  for (const auto& task : log.tasks) {
    columns.push_back({task + " train loss", [=](const EpochRecord& epoch) {
                         const Statistic loss = single_value(epoch.train, task, "loss");
                         return metric_text(loss, "loss");
                       }});
  }
  const auto validated = std::find_if(log.epochs.begin(), log.epochs.end(),
                                      [](const EpochRecord& epoch) { return !epoch.validation.empty(); });
  for (const auto& [task, metrics] : validated == log.epochs.end() ? PerTask<double>{} : validated->validation) {
    for (const auto& [metric, first] : metrics) {
      columns.push_back({metric_title(task, metric), [task = task, metric = metric](const EpochRecord& epoch) {
                           return metric_text(single_value(epoch.validation, task, metric), metric);
                         }});
    }
  }
  columns.push_back({"conflict %", [](const EpochRecord& epoch) {
                       return measured(epoch.conflict_share, fixed(100 * epoch.conflict_share, 1));
                     }});
  columns.push_back({"s/step", [](const EpochRecord& epoch) { return fixed(epoch.seconds_per_step, 3); }});
  return without_empty_columns(fill(columns, log.epochs));
}

}  // namespace reconcile::report
