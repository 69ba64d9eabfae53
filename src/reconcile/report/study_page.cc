#include "reconcile/report/study_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reconcile/report/page.h"
#include "reconcile/report/paper.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/study_words.h"

namespace reconcile::report {
namespace {

std::string introduction(const Study& study) {
  const std::string what = study.dataset.empty() ? "Several data sets" : study.dataset;
  return paragraph(fmt::format("{}{}, tasks {}, {}", what, study.network.empty() ? "" : " with " + study.network,
                               fmt::join(study.tasks, ", "), seed_words(study)),
                   "dim") +
         paragraph(headline(study), "lead");
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

}  // namespace

std::string render_html(const Study& study) {
  std::vector<Section> sections{{"Results", results_section(as_pipeline(study), study)}};
  const auto tables = paper_tables(as_pipeline(study));
  if (!tables.empty()) sections.push_back({"Paper and ours", paper_section(tables)});
  sections.push_back({"Runs", runs_section(study)});
  const std::string title = fmt::format("{} ways to train {}", study.contenders.size(),
                                        study.dataset.empty() ? "a network" : "on " + study.dataset);
  return page(title, introduction(study), sections);
}

}  // namespace reconcile::report
