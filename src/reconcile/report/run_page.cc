#include <fmt/format.h>

#include <numeric>

#include "reconcile/base/file.h"
#include "reconcile/report/charts.h"
#include "reconcile/report/comparison.h"
#include "reconcile/report/csv.h"
#include "reconcile/report/html.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

std::vector<double> all_cosines(const RunLog& log) {
  std::vector<double> sum;
  for (const auto& record : log.conflicts) {
    for (const auto& pair : record.whole.histogram) {
      sum.resize(kNumBins, 0);
      for (size_t bin = 0; bin < kNumBins; ++bin) sum[bin] += pair[bin];
    }
  }
  return sum;
}

double first_threshold(const RunLog& log) { return log.thresholds.empty() ? 0 : log.thresholds.front(); }

std::string conflict_part(const RunLog& log) {
  const auto cosines = all_cosines(log);
  if (cosines.empty()) return paragraph("This run did not record the cosines of its task gradients.");
  const std::string text =
      fmt::format("The tasks' gradients conflict (cosine < 0) in {} of the steps.", percent(negative_share(cosines)));
  const HistogramPair counts{cosines, {}};
  return figure(text, {histogram_chart(counts, 0, "Histogram. " + text)}, "",
                {"cosines", histogram_table({{log.method, counts}})}) +
         cosine_figure(log, log.method) + heat_map_figure(log, first_threshold(log));
}

std::string epoch_part(const RunLog& log) {
  const Table table = epoch_table(log);
  return curve_figures(log) + html_table(table) + folded("Copy as CSV", to_csv(table));
}

/// config.toml of the run, where it is there.
std::string config_part(const RunLog& log) {
  const auto path = log.directory / "config.toml";
  return std::filesystem::exists(path) ? "<h3>Experiment</h3>\n" + block(read_file(path)) : "";
}

std::string facts(const RunLog& log) {
  Table table{.columns = {"", ""},
              .rows = {{"method", log.method},
                       {"model", log.model},
                       {"data set", log.dataset},
                       {"seed", std::to_string(log.seed)},
                       {"batch size", fixed(log.batch_size, 0)},
                       {"shared layers", std::to_string(log.layers.size())},
                       {"parameters", compact(log.parameters)},
                       {"size", fixed(log.megabytes, 2) + " MB"}}};
  const Table machine = machine_table(log);
  table.rows.insert(table.rows.end(), machine.rows.begin(), machine.rows.end());
  return html_table(table) + config_part(log);
}

}  // namespace

Table machine_table(const RunLog& log) {
  Table table{{"", ""}, {{"reconcile", log.version}}};
  for (const auto& [name, value] : log.machine) table.rows.push_back({name, value});
  return table;
}

std::string render_html(const RunLog& log) {
  std::vector<Section> sections{{"Epochs", epoch_part(log)},
                                {"Conflict", conflict_part(log)},
                                {"Gradients and weights", gradient_figures(log)},
                                {"What is mistaken for what", confusion_figures(log)},
                                {"Samples", picture_figures(log)},
                                {"Where the time goes", profile_figure(log)},
                                {"Health", health_figures(log)},
                                {"Reproduce", facts(log)}};
  std::erase_if(sections, [](const Section& section) { return section.body.empty(); });
  const auto tables = paper_tables(log);
  if (!tables.empty()) sections.insert(sections.begin(), {"Paper and ours", paper_section(tables)});
  return page(log.method + " on " + log.dataset, paragraph(headline(log), "lead"), sections);
}

}  // namespace reconcile::report
