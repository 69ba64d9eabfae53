#include "reconcile/report/study_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/paper.h"
#include "reconcile/report/quantities.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/study_words.h"

namespace reconcile::report {
namespace {

/// The best in both conventions, its lead over the base, and what it costs.
std::vector<Tile> headline_tiles(const Study& study) {
  const Contender* best = best_contender(study);
  if (!best) return {};
  std::vector<Tile> result;
  for (const auto& quantity : quantities(study)) {
    if (!quantity.name.ends_with("delta m")) continue;
    result.push_back({text_of(statistic(*best, quantity), 1, 2) + " %",
                      fmt::format("{} of {}, {} is better", quantity.name, best->label,
                                  quantity.higher_is_better ? "higher" : "lower")});
  }
  const Contender& base = study.contenders[study.base];
  const Quantity main = main_quantity(study);
  if (best == &base) return result;
  const Difference d = paired_difference(*best, base, main);
  if (d.n == 0) return result;
  result.push_back({signed_fixed(d.mean, main.digits) + (main.unit == "%" ? " points" : ""),
                    fmt::format("{} over {}: {}", main.name, base.label, words_of(judge(d, main.higher_is_better)))});
  result.push_back(
      {factor(best->parameters / base.parameters) + ", " + factor(best->seconds_per_step / base.seconds_per_step),
       "parameters and time per step of " + base.label});
  return result;
}

std::string introduction(const Study& study) {
  const std::string what = study.dataset.empty() ? "Several data sets" : study.dataset;
  const std::string tasks = study.tasks.size() > kManyTasks ? fmt::format("{} tasks", study.tasks.size())
                                                            : fmt::format("tasks {}", fmt::join(study.tasks, ", "));
  return paragraph(fmt::format("{}{}, {}, {}", what, study.network.empty() ? "" : " with " + study.network, tasks,
                               seed_words(study)),
                   "dim") +
         paragraph(headline(study), "lead") + tiles(headline_tiles(study));
}

std::string runs_section(const Study& study) {
  Table table{.columns = {"method", "seeds", "parameters", "folder"}, .rows = {}};
  for (const auto& contender : study.contenders) {
    std::vector<int64_t> seeds;
    for (const auto& seed : contender.seeds) seeds.push_back(seed.seed);
    table.rows.push_back({contender.label, fmt::format("{}", fmt::join(seeds, ", ")),
                          fmt::format("{:.0f}", contender.parameters), contender.source});
  }
  std::string body = html_table(table);
  if (!study.unfinished.empty())
    body += paragraph(fmt::format("Left out, as they have not finished: {}.", fmt::join(study.unfinished, ", ")));
  return body;
}

std::string ways(size_t count) { return count == 1 ? "One way" : fmt::format("{} ways", count); }

}  // namespace

std::string render_html(const Study& study) {
  std::vector<Section> sections{{"Results", results_section(study)}};
  const auto tables = paper_tables(as_pipeline(study));
  if (!tables.empty()) sections.push_back({"Paper and ours", paper_section(tables)});
  sections.push_back({"Runs", runs_section(study)});
  const std::string title = fmt::format("{} to train {}", ways(study.contenders.size()),
                                        study.dataset.empty() ? "a network" : "on " + study.dataset);
  return page(title, introduction(study), sections);
}

}  // namespace reconcile::report
