#include <algorithm>
#include <cmath>

#include "reconcile/base/options.h"
#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kLinesWidth = 460, kLinesHeight = 270;
const Box kLinesArea{48, 30, 400, 195};

/// Mean and limits over seeds in one epoch.
struct Step {
  double mean = kMissing, low = kMissing, high = kMissing;
};

size_t num_epochs(const Curve& curve) {
  size_t epochs = 0;
  for (const auto& seed : curve.seeds) epochs = std::max(epochs, seed.size());
  return epochs;
}

Step step_of(const Curve& curve, size_t epoch) {
  Step step;
  double sum = 0, count = 0;
  for (const auto& seed : curve.seeds) {
    if (epoch >= seed.size() || !std::isfinite(seed[epoch])) continue;
    sum += seed[epoch];
    count += 1;
    step.low = std::fmin(step.low, seed[epoch]);
    step.high = std::fmax(step.high, seed[epoch]);
  }
  if (count > 0) step.mean = sum / count;
  if (epoch < curve.low.size()) step.low = curve.low[epoch];
  if (epoch < curve.high.size()) step.high = curve.high[epoch];
  return step;
}

bool has_band(const Curve& curve) { return curve.seeds.size() > 1 || !curve.high.empty(); }

void draw_curve(Svg& svg, const Axes& axes, const Curve& curve, double scale) {
  std::vector<Point> line, band, lower;
  for (size_t e = 0; e < num_epochs(curve); ++e) {
    const Step step = step_of(curve, e);
    if (!std::isfinite(step.mean)) continue;
    const double epoch = static_cast<double>(e + 1);
    line.push_back(axes.at(epoch, scale * step.mean));
    band.push_back(axes.at(epoch, scale * step.high));
    lower.push_back(axes.at(epoch, scale * step.low));
  }
  band.insert(band.end(), lower.rbegin(), lower.rend());
  if (has_band(curve)) svg.path(band, "band " + curve.colour, true);
  svg.path(line, "line " + curve.style);
  if (line.size() == 1) svg.circle(line[0], 3, "fill " + curve.colour);
}

Range range_of_values(const CurveChart& chart, double scale) {
  std::vector<double> all;
  for (const auto& curve : chart.curves) {
    for (size_t e = 0; e < num_epochs(curve); ++e) {
      const Step step = step_of(curve, e);
      for (const double value : {step.mean, step.low, step.high}) {
        if (!chart.is_log || value > 0) all.push_back(scale * value);
      }
    }
  }
  const Range range = range_of(all);
  if (!chart.is_log) return widened(range, 0.06);
  return range.low > 0 ? Range{range.low / 1.2, range.high * 1.2} : Range{0.1, 10};
}

Json json_number(double value) { return std::isfinite(value) ? Json(std::stod(fmt::format("{:.6g}", value))) : Json(); }

/// What the script draws again: safe inside of a script element.
std::string script_data(const CurveChart& chart) {
  const double scale = chart.is_percent ? 100 : 1;
  Json lines = Json::array();
  for (const auto& curve : chart.curves) {
    Json line{{"label", curve.label}, {"style", curve.style}, {"values", Json::array()}};
    for (size_t e = 0; e < num_epochs(curve); ++e) {
      const Step step = step_of(curve, e);
      line["values"].push_back(json_number(scale * step.mean));
      if (!has_band(curve)) continue;
      line["low"].push_back(json_number(scale * step.low));
      line["high"].push_back(json_number(scale * step.high));
    }
    lines.push_back(std::move(line));
  }
  std::string text =
      Json{{"title", chart.title}, {"percent", chart.is_percent}, {"log", chart.is_log}, {"lines", lines}}.dump();
  for (size_t at = 0; (at = text.find('<', at)) != std::string::npos;) text.replace(at, 1, "\\u003c");
  return text;
}

}  // namespace

std::string curve_chart(const CurveChart& chart) {
  const double scale = chart.is_percent ? 100 : 1;
  size_t epochs = 1;
  for (const auto& curve : chart.curves) epochs = std::max(epochs, num_epochs(curve));
  Svg svg(kLinesWidth, kLinesHeight, "Curves over epochs: " + chart.title);
  const Range x = epochs > 1 ? Range{1, static_cast<double>(epochs)} : Range{0.5, 1.5};
  Axes axes(svg, kLinesArea, x, range_of_values(chart, scale), chart.is_log ? Scale::kLog : Scale::kLinear);
  axes.draw_x(static_cast<int>(std::clamp<size_t>(epochs - 1, 1, 8)), "epoch");
  axes.draw_y(5, chart.title + (chart.is_percent ? " (%)" : ""));
  for (const auto& curve : chart.curves) draw_curve(svg, axes, curve, scale);
  return fmt::format("<div class=\"curve\">{}<script type=\"application/json\">{}</script></div>", svg.str(),
                     script_data(chart));
}

Table curve_table(const std::vector<CurveChart>& charts) {
  Table table{{"chart", "line", "epoch", "mean", "low", "high"}, {}};
  const auto text = [](double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : std::string(); };
  for (const auto& chart : charts) {
    for (const auto& curve : chart.curves) {
      for (size_t e = 0; e < num_epochs(curve); ++e) {
        const Step step = step_of(curve, e);
        table.rows.push_back(
            {chart.title, curve.label, std::to_string(e + 1), text(step.mean), text(step.low), text(step.high)});
      }
    }
  }
  return table;
}

}  // namespace reconcile::report
