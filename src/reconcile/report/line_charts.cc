#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/summary.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kLinesWidth = 460, kLinesHeight = 270;
const Box kLinesArea{48, 30, 400, 195};

size_t longest(const Curve& curve) {
  size_t epochs = 0;
  for (const auto& seed : curve.seeds) epochs = std::max(epochs, seed.size());
  return epochs;
}

/// The finite values of the seeds that reached this epoch.
std::vector<double> values_at(const Curve& curve, size_t epoch) {
  std::vector<double> values;
  for (const auto& seed : curve.seeds) {
    if (epoch < seed.size() && std::isfinite(seed[epoch])) values.push_back(seed[epoch]);
  }
  return values;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? kMissing : sum / static_cast<double>(values.size());
}

void draw_curve(Svg& svg, const Axes& axes, const Curve& curve, double scale) {
  std::vector<Point> line, band, lower;
  for (size_t e = 0; e < longest(curve); ++e) {
    const auto values = values_at(curve, e);
    if (values.empty()) continue;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double epoch = static_cast<double>(e + 1);
    line.push_back(axes.at(epoch, scale * mean_of(values)));
    band.push_back(axes.at(epoch, scale * *high));
    lower.push_back(axes.at(epoch, scale * *low));
  }
  band.insert(band.end(), lower.rbegin(), lower.rend());
  if (curve.seeds.size() > 1) svg.path(band, "band " + curve.colour, true);
  svg.path(line, "line " + curve.style);
  if (line.size() == 1) svg.circle(line[0], 3, "fill " + curve.colour);
}

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

}  // namespace

std::string curve_chart(const std::vector<Curve>& curves, const std::string& title, bool is_percent,
                        const std::string& alt) {
  const double scale = is_percent ? 100 : 1;
  std::vector<double> all;
  size_t epochs = 1;
  for (const auto& curve : curves) {
    epochs = std::max(epochs, longest(curve));
    for (const auto& seed : curve.seeds) {
      for (const double value : seed) all.push_back(scale * value);
    }
  }
  Svg svg(kLinesWidth, kLinesHeight, alt);
  const Range x = epochs > 1 ? Range{1, static_cast<double>(epochs)} : Range{0.5, 1.5};
  Axes axes(svg, kLinesArea, x, widened(range_of(all), 0.06));
  axes.draw_x(static_cast<int>(std::clamp<size_t>(epochs - 1, 1, 8)), "epoch");
  axes.draw_y(5, title + (is_percent ? " (%)" : ""));
  for (const auto& curve : curves) draw_curve(svg, axes, curve, scale);
  return svg.str();
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
  mark_cut(svg, axes, pipeline, y);
  return svg.str();
}

}  // namespace reconcile::report
