#include <fmt/format.h>

#include <numeric>

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
  return figure(text, {histogram_chart({cosines, {}}, 0, "Histogram. " + text)}) +
         heat_map_figure(log, first_threshold(log));
}

std::string epoch_part(const RunLog& log) {
  const Table table = epoch_table(log);
  return curve_figures(log) + html_table(table) + folded("Copy as CSV", to_csv(table));
}

std::string facts(const RunLog& log) {
  const Table table{.columns = {"", ""},
                    .rows = {{"method", log.method},
                             {"model", log.model},
                             {"data set", log.dataset},
                             {"seed", std::to_string(log.seed)},
                             {"batch size", fixed(log.batch_size, 0)},
                             {"shared layers", std::to_string(log.layers.size())},
                             {"parameters", compact(log.parameters)},
                             {"size", fixed(log.megabytes, 2) + " MB"},
                             {"reconcile", log.version}}};
  return html_table(table);
}

}  // namespace

std::string render_html(const RunLog& log) {
  std::vector<Section> sections{{"Epochs", epoch_part(log)},
                                {"Conflict", conflict_part(log)},
                                {"Where the time goes", profile_figure(log)},
                                {"Reproduce", facts(log)}};
  const auto tables = paper_tables(log);
  if (!tables.empty()) sections.insert(sections.begin(), {"Paper and ours", paper_section(tables)});
  return page(log.method + " on " + log.dataset, paragraph(headline(log), "lead"), sections);
}

}  // namespace reconcile::report
