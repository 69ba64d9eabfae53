#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kWidth = 460, kTop = 22, kBottom = 42, kRow = 26, kMaxLabel = 150;
constexpr size_t kNumTaskColours = 6;

double spread(const Bar& bar) { return std::isfinite(bar.value.sd) && bar.value.n > 1 ? bar.value.sd : 0; }

double widest(const std::vector<Bar>& bars, std::string Bar::*text) {
  double width = 0;
  for (const auto& bar : bars) width = std::max(width, text_width(bar.*text));
  return width;
}

Range range_of_bars(const std::vector<Bar>& bars) {
  std::vector<double> ends = {0};
  for (const auto& bar : bars) {
    ends.push_back(bar.value.mean - spread(bar));
    ends.push_back(bar.value.mean + spread(bar));
  }
  return widened(range_of(ends), 0.04);
}

void draw_bar(Svg& svg, const Axes& axes, const Bar& bar, double y) {
  const double zero = axes.at(0, 0).x, end = axes.at(bar.value.mean, 0).x, middle = y + kRow / 2;
  const std::string tip = bar.label + ": " + bar.text;
  svg.rect({std::min(zero, end), y + 5, std::abs(end - zero), kRow - 10}, bar.style, tip);
  if (spread(bar) == 0) return;
  const double low = axes.at(bar.value.mean - spread(bar), 0).x, high = axes.at(bar.value.mean + spread(bar), 0).x;
  svg.line({low, middle}, {high, middle}, "ink");
  for (const double x : {low, high}) svg.line({x, middle - 4}, {x, middle + 4}, "ink");
}

}  // namespace

std::string task_colour(size_t task) { return fmt::format("t{}", task % kNumTaskColours); }

std::string bar_chart(const std::vector<Bar>& bars, const std::string& reference, const std::string& unit,
                      const std::string& alt) {
  const double left = std::min(widest(bars, &Bar::label), kMaxLabel) + 8, right = widest(bars, &Bar::text) + 10;
  const double height = kRow * static_cast<double>(bars.size());
  const Box area{left, kTop, kWidth - left - right, height};
  Svg svg(kWidth, kTop + height + kBottom, alt);
  Axes axes(svg, area, range_of_bars(bars), {0, 1});
  axes.draw_x(5, unit);
  for (size_t i = 0; i < bars.size(); ++i) {
    const double y = kTop + kRow * static_cast<double>(i);
    svg.text_within({0, y + kRow / 2 + 4}, left - 8, bars[i].label);
    draw_bar(svg, axes, bars[i], y);
    svg.text({kWidth, y + kRow / 2 + 4}, bars[i].text, "end");
  }
  const double zero = axes.at(0, 0).x, half = text_width(reference) / 2;
  svg.line({zero, kTop - 4}, {zero, kTop + height}, "ink");
  svg.text({std::clamp(zero, half, kWidth - half), kTop - 9}, reference, "small mid");
  return svg.str();
}

}  // namespace reconcile::report
