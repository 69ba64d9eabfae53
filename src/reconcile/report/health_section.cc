#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/series.h"

namespace reconcile::report {
namespace {

/// What a run had to put up with.
struct Health {
  double steps = 0, skipped = 0;
  int64_t epochs = 0, not_finite = 0;  ///< numbers of the records that are not finite
  Named<double> fallbacks;
  bool finished = false;
};

void count_fallback(Named<double>& counts, const std::string& name, double steps) {
  const auto place = std::find_if(counts.begin(), counts.end(), [&](const auto& entry) { return entry.first == name; });
  if (place == counts.end()) {
    counts.emplace_back(name, steps);
  } else {
    place->second += steps;
  }
}

int64_t count_not_finite(const PerTask<double>& numbers) {
  int64_t count = 0;
  for (const auto& [task, metrics] : numbers) {
    for (const auto& [metric, value] : metrics) count += std::isfinite(value) ? 0 : 1;
  }
  return count;
}

Health health_of(const RunLog& log) {
  Health health{.epochs = std::ssize(log.epochs), .fallbacks = {}, .finished = log.finished};
  for (const auto& epoch : log.epochs) {
    health.steps += log.steps_per_epoch;
    health.skipped += epoch.skipped;
    health.not_finite += count_not_finite(epoch.train) + count_not_finite(epoch.validation);
    for (const auto& [name, steps] : epoch.fallbacks) count_fallback(health.fallbacks, name, steps);
  }
  health.not_finite += count_not_finite(log.test);
  return health;
}

std::string fallbacks_text(const Health& health) {
  std::string text;
  for (const auto& [name, steps] : health.fallbacks) {
    text += fmt::format("{}{} in {} steps", text.empty() ? "" : ", ", name, fixed(steps, 0));
  }
  return text.empty() ? "none" : text;
}

std::vector<std::string> row_of(const std::string& name, const RunLog& log) {
  const Health health = health_of(log);
  return {name,
          fmt::format("{} of {}{}", health.epochs, log.num_epochs, health.finished ? "" : ", not finished"),
          fixed(health.steps, 0),
          fixed(health.skipped, 0),
          std::to_string(health.not_finite),
          fallbacks_text(health)};
}

const std::vector<std::string> kHealthColumns{"run",      "epochs", "steps", "skipped steps", "values not finite",
                                              "fallbacks"};

bool is_well(const RunLog& log) {
  const Health health = health_of(log);
  return health.finished && health.skipped == 0 && health.not_finite == 0;
}

/// Every step of the runs that gave numbers which are not finite, and what was done; "" if there was none.
std::string failure_table(const Named<const RunLog*>& runs) {
  Table table{{"run", "epoch", "step", "from", "what was done", "more in"}, {}};
  for (const auto& [name, log] : runs) {
    for (const auto& failure : log->failures) {
      const std::string tasks = fmt::format("{}", fmt::join(failure.tasks, ", "));
      table.rows.push_back(
          {name, std::to_string(failure.epoch), std::to_string(failure.step), tasks.empty() ? "the method" : tasks,
           failure.action == "skip" ? "left out" : "back to the checkpoint, half the learning rate", failure.dump});
    }
  }
  if (table.rows.empty()) return "";
  return paragraph("Steps whose losses or gradients were not finite:") + html_table(table);
}

Measure learning_rate() {
  return {.title = "learning rate",
          .value = [](const EpochRecord& epoch, const std::string&) { return epoch.learning_rate; },
          .is_of_tasks = false};
}

std::string rate_figure(const RunLog& log) {
  return curve_figure("The learning rate of each epoch, as the schedule gave it.", {run_chart(log, learning_rate())},
                      "", "learning rate");
}

}  // namespace

std::string health_section(const Pipeline& pipeline) {
  Table table{kHealthColumns, {}};
  std::string ill;
  Named<const RunLog*> logs;
  for (const auto& run : pipeline.runs) {
    if (!run.log) continue;
    logs.emplace_back(run.path, &*run.log);
    table.rows.push_back(row_of(run.path, *run.log));
    if (!is_well(*run.log)) ill += (ill.empty() ? "" : ", ") + run.path;
  }
  if (table.rows.empty())
    return paragraph("No run.jsonl is there, so nothing can be said of how the runs went.", "dim");
  const std::string words = ill.empty() ? "Every run finished, moved in every step and gave finite numbers only."
                                        : "Look at these runs before you trust their numbers: " + ill + ".";
  return paragraph(words) + html_table(table) + failure_table(logs) + rate_figure(*logs.back().second);
}

std::string health_figures(const RunLog& log) {
  const std::string words = is_well(log)
                                ? "The run finished, moved in every step and gave finite numbers only."
                                : "The run has not finished, skipped steps, or gave numbers that are not finite.";
  return paragraph(words) + html_table({kHealthColumns, {row_of(log.method, log)}}) +
         failure_table({{log.method, &log}}) + rate_figure(log);
}

}  // namespace reconcile::report
