#include <fmt/format.h>

#include <algorithm>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/profile.h"
#include "reconcile/report/sections.h"

namespace reconcile::report {
namespace {

std::string split_chart(const StepTimes& times, const std::string& sentence) {
  std::vector<Bar> bars;
  for (const auto& [phase, seconds] : times.seconds) {
    const double ms = 1e3 * seconds / times.steps;
    bars.push_back({phase, {.mean = ms, .n = 1}, percent(seconds / times.total()), "heat"});
  }
  return bar_chart(bars, "", "ms a step", sentence);
}

std::string sentence_of(const StepTimes& times) {
  const auto longest = std::max_element(times.seconds.begin(), times.seconds.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  return fmt::format("A step takes {} ms; {} of it is {}.", fixed(1e3 * times.total() / times.steps, 2),
                     percent(longest->second / times.total()), longest->first);
}

}  // namespace

std::string profile_figure(const RunLog& log) {
  if (!log.profile || !(log.profile->total() > 0)) {
    return paragraph("The records of this run do not say where its time went.", "dim");
  }
  const std::string sentence = sentence_of(*log.profile);
  return figure(sentence, {split_chart(*log.profile, sentence)}, "", {"profile", profile_table(*log.profile)}) +
         html_table(profile_table(*log.profile));
}

std::string profile_section(const Pipeline& pipeline) {
  Table table;
  for (const auto& run : pipeline.runs) {
    if (run.seed != pipeline.seeds.front()) continue;
    if (!run.log || !run.log->profile || !(run.log->profile->total() > 0)) continue;
    const StepTimes& times = *run.log->profile;
    table.columns = {"run, ms a step"};
    std::vector<std::string> row{run.path};
    for (const auto& [phase, seconds] : times.seconds) {
      table.columns.push_back(phase);
      row.push_back(fixed(1e3 * seconds / times.steps, 2));
    }
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) return paragraph("The records do not say where the time of the runs went.", "dim");
  const auto& last = *std::find_if(pipeline.runs.rbegin(), pipeline.runs.rend(),
                                   [&](const Run& run) { return run.path == table.rows.back().front(); });
  const std::string sentence = fmt::format("{}: {}", last.path, sentence_of(*last.log->profile));
  return figure(sentence, {split_chart(*last.log->profile, sentence)}, "", {"profile", table}) + html_table(table);
}

}  // namespace reconcile::report
