#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/report/charts.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kDotWidth = 720, kDotTop = 12, kDotRow = 17, kMostTask = 180;

/// Tasks from best to worst in the first series; those without a number last.
std::vector<size_t> sorted_tasks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&](size_t task) { return std::isfinite(values[task]) ? values[task] : -HUGE_VAL; };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) > key(b); });
  return order;
}

}  // namespace

std::string dot_chart(const std::vector<std::string>& tasks, const std::vector<Dots>& series, const std::string& unit,
                      const std::string& alt) {
  double left = 40;
  for (const auto& task : tasks) left = std::max(left, text_width(task));
  left = std::min(left, kMostTask) + 10;
  std::vector<double> all{0};
  for (const auto& dots : series) all.insert(all.end(), dots.values.begin(), dots.values.end());
  const double height = kDotRow * static_cast<double>(tasks.size());
  Svg svg(kDotWidth, kDotTop + height + 40, alt);
  Axes axes(svg, {left, kDotTop, kDotWidth - left - 12, height}, widened(range_of(all), 0.04), {0, 1});
  axes.draw_x(8, unit);
  svg.line(axes.at(0, 0), axes.at(0, 1), "ink");
  const auto order = sorted_tasks(series.front().values);
  for (size_t i = 0; i < order.size(); ++i) {
    const double y = kDotTop + kDotRow * (static_cast<double>(i) + 0.5);
    svg.text_within({0, y + 4}, left - 10, tasks[order[i]], "small");
    for (const auto& dots : series) {
      const double value = dots.values[order[i]];
      svg.circle({axes.at(value, 0).x, y}, 4.5, "fill " + dots.style,
                 fmt::format("{}, {}: {:+.2f}", tasks[order[i]], dots.label, value));
    }
  }
  return svg.str();
}

}  // namespace reconcile::report
