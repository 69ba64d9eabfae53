#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/improvement.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kDotsWidth = 590, kDotsTop = 28, kDotsRow = 17, kDotsLabel = 150;

}  // namespace

double mean_gain(const Contender& contender, const Study& study, size_t task) {
  std::vector<double> gains;
  for (const auto& seed : contender.seeds) {
    const Measured& measured = seed.at(Protocol::kLast);
    gains.push_back(task_gain(study.tasks[task], study.task_kinds[task], measured.metrics, measured.single));
  }
  return mean_and_sd(gains).mean;
}

std::string task_dots(const Study& study, const Contender& best, const std::string& alt) {
  const Contender& base = study.contenders[study.base];
  std::vector<size_t> order(study.tasks.size());
  std::vector<double> of_best, of_base, ends{0};
  for (size_t t = 0; t < order.size(); ++t) {
    order[t] = t;
    of_best.push_back(mean_gain(best, study, t));
    of_base.push_back(mean_gain(base, study, t));
    ends.insert(ends.end(), {of_best.back(), of_base.back()});
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return of_best[a] > of_best[b]; });
  const double height = kDotsRow * static_cast<double>(order.size());
  Svg svg(kDotsWidth, kDotsTop + height + 40, alt);
  Axes axes(svg, {kDotsLabel, kDotsTop, kDotsWidth - kDotsLabel - 12, height}, widened(range_of(ends), 0.04), {0, 1});
  axes.draw_x(6, "gain over single-task networks (%)");
  const double zero = axes.at(0, 0).x;
  svg.line({zero, kDotsTop - 4}, {zero, kDotsTop + height}, "ink");
  for (size_t row = 0; row < order.size(); ++row) {
    const double y = kDotsTop + kDotsRow * (static_cast<double>(row) + 0.5);
    const double from = of_base[order[row]], to = of_best[order[row]];
    const std::string& task = study.tasks[order[row]];
    svg.text_within({0, y + 4}, kDotsLabel - 10, task, "cell");
    svg.line({axes.at(from, 0).x, y}, {axes.at(to, 0).x, y}, "muted thin");
    svg.circle({axes.at(from, 0).x, y}, 4, "fill grey",
               fmt::format("{}: {} {} %", task, base.label, signed_fixed(from, 2)));
    svg.circle({axes.at(to, 0).x, y}, 5, "fill accent",
               fmt::format("{}: {} {} %", task, best.label, signed_fixed(to, 2)));
  }
  return svg.str();
}

}  // namespace reconcile::report
