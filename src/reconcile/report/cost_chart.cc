#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/summary.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

std::vector<Point> cost_line(const Axes& axes, const std::vector<Cost>& costs, double Cost::*cost) {
  std::vector<Point> points;
  for (const auto& point : costs)
    points.push_back(axes.at(static_cast<double>(point.k), point.*cost / (costs[0].*cost)));
  return points;
}

void label_end(Svg& svg, Point end, double y, const std::string& text) {
  svg.circle(end, 3, "dot");
  svg.text({end.x + 8, y + 4}, text, "small");
}

void mark_cut(Svg& svg, const Axes& axes, const Pipeline& pipeline, const Range& y) {
  const int64_t cut = cut_of(pipeline);
  if (cut < 0 || cut >= static_cast<int64_t>(pipeline.costs.size())) return;
  const double k = static_cast<double>(cut);
  svg.line(axes.at(k, y.low), axes.at(k, y.high), "cut");
  for (const auto cost : {&Cost::parameters, &Cost::macs}) {
    const double relative = pipeline.costs[static_cast<size_t>(cut)].*cost / (pipeline.costs[0].*cost);
    svg.circle(axes.at(k, relative), 4, "fill accent");
  }
  svg.text({axes.at(k, y.high).x, axes.at(k, y.high).y - 6}, "K = " + std::to_string(cut), "small mid accent-text");
}

/// Where the parameters reach 1.1 and 1.2 times the unsplit network's: a tick at the size, and the last K below it.
void mark_sizes(Svg& svg, const Axes& axes, const std::vector<Cost>& costs, const Range& y) {
  for (const double size : {1.1, 1.2}) {
    const int64_t k = last_within(costs, size);
    if (k < 0 || k + 1 >= static_cast<int64_t>(costs.size()) || size > y.high) continue;
    const Point place = axes.at(static_cast<double>(k), size);
    svg.line(axes.at(0, size), place, "muted dotted");
    svg.line(place, axes.at(static_cast<double>(k), y.low), "muted dotted");
    svg.text({axes.at(0, size).x + 30, place.y - 4}, fmt::format("{}× up to K = {}", size, k), "small");
  }
}

}  // namespace

int64_t last_within(const std::vector<Cost>& costs, double size) {
  int64_t last = -1;
  for (const auto& cost : costs) {
    if (cost.parameters <= size * costs[0].parameters) last = cost.k;
  }
  return last;
}

std::string cost_chart(const Pipeline& pipeline) {
  const auto& costs = pipeline.costs;
  std::vector<double> relative;
  for (const auto& cost : costs) {
    relative.push_back(cost.parameters / costs[0].parameters);
    relative.push_back(cost.macs / costs[0].macs);
  }
  const Box area{48, 44, 620, 200};
  const Range x{0, std::max(1.0, static_cast<double>(costs.back().k))}, y = widened(range_of(relative), 0.04);
  Svg svg(800, 290,
          "Lines: parameters and multiply-adds relative to the unsplit network, over the number of split layers");
  Axes axes(svg, area, x, y);
  axes.draw_x(10, "split layers K, best of the ranking first");
  axes.draw_y(5, "", "×");
  svg.text({0, 14}, "relative to K = 0", "small");
  const auto sizes = cost_line(axes, costs, &Cost::parameters), macs = cost_line(axes, costs, &Cost::macs);
  svg.path(macs, "line ink dashed");
  svg.path(sizes, "line ink");
  const bool macs_above = macs.back().y < sizes.back().y;
  const double gap = std::max(0.0, 15 - std::abs(macs.back().y - sizes.back().y)) / 2;
  label_end(svg, sizes.back(), sizes.back().y + (macs_above ? gap : -gap),
            "parameters " + factor(relative[relative.size() - 2]));
  label_end(svg, macs.back(), macs.back().y - (macs_above ? gap : -gap), "MACs " + factor(relative.back()));
  mark_sizes(svg, axes, costs, y);
  mark_cut(svg, axes, pipeline, y);
  return svg.str();
}

}  // namespace reconcile::report
