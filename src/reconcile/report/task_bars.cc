#include <fmt/format.h>

#include <algorithm>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/quantities.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/study_page.h"

namespace reconcile::report {
namespace {

/// What bars are measured from: each contender's own single-task networks, else the base.
bool has_single(const Study& study) { return std::any_of(study.contenders.begin(), study.contenders.end(), is_single); }

/// By how much a contender differs, seed by seed; nothing where the reference is not known.
Statistic change_of(const Study& study, const Contender& contender, const Quantity& quantity) {
  std::vector<double> changes;
  const Contender& base = study.contenders[study.base];
  for (const auto& seed : contender.seeds) {
    const Measured& measured = seed.at(Protocol::kLast);
    Measured reference{.metrics = measured.single};
    for (const auto& other : has_single(study) ? std::vector<SeedResult>{} : base.seeds) {
      if (other.seed == seed.seed) reference = other.at(Protocol::kLast);
    }
    changes.push_back(quantity.value(measured) - quantity.value(reference));
  }
  return mean_and_sd(changes);
}

std::string reference_name(const Study& study) {
  return has_single(study) ? "its single-task networks" : study.contenders[study.base].label;
}

std::string task_chart(const Study& study, const Quantity& quantity, size_t task) {
  std::vector<Bar> bars;
  for (const size_t place : drawn(study, {quantity})) {
    const Contender& contender = study.contenders[place];
    const bool is_reference = !has_single(study) && place == study.base;
    const Statistic change = change_of(study, contender, quantity);
    if (is_reference || change.n == 0) continue;
    bars.push_back({contender.label, change, text_of(statistic(contender, quantity), 1, quantity.digits),
                    (contender.kind == "recon" ? "fill " : "fill faint ") + task_colour(task)});
  }
  if (bars.empty()) return "";
  const std::string unit = quantity.unit == "%" ? " (points)" : quantity.unit.empty() ? "" : " (" + quantity.unit + ")";
  const std::string direction = quantity.higher_is_better ? "" : ", lower is better";
  return bar_chart(bars, has_single(study) ? "single-task" : study.contenders[study.base].label,
                   quantity.name + ": difference" + unit + direction,
                   fmt::format("Bars: difference in {} of each method from {}", quantity.name, reference_name(study)));
}

}  // namespace

std::string task_bars_figure(const Study& study) {
  std::vector<std::string> drawings;
  std::vector<std::pair<std::string, std::string>> colours;
  const auto tasks = task_quantities(study);
  for (const auto& quantity : tasks) {
    const auto place = std::find_if(study.tasks.begin(), study.tasks.end(),
                                    [&](const std::string& task) { return quantity.name.starts_with(task + " "); });
    const auto task = static_cast<size_t>(place - study.tasks.begin());
    const std::string drawing = task_chart(study, quantity, task);
    if (drawing.empty()) continue;
    drawings.push_back(drawing);
    colours.emplace_back(task_colour(task), study.tasks[task]);
  }
  if (drawings.empty()) return paragraph("There are not two rows to compare task by task.", "dim");
  const std::string whiskers =
      most_seeds(study) > 1 ? " Differences are taken seed by seed; whiskers are their standard deviation." : "";
  return figure(
      fmt::format("Each task on the test set: bars show the difference from {}, pale without Recon, full with "
                  "it, the numbers beside are the values themselves.{}",
                  reference_name(study), whiskers),
      drawings, legend(colours), {"tasks", seed_table(study, tasks)});
}

}  // namespace reconcile::report
