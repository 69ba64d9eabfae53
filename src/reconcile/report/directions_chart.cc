#include "reconcile/report/directions_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "reconcile/base/error.h"
#include "reconcile/report/charts.h"
#include "reconcile/report/page.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kPanel = 150, kTitle = 34, kRadius = 62;
constexpr size_t kColumns = 5;

Point vector_of(const Json& pair) { return {pair.at(0).get<double>(), pair.at(1).get<double>()}; }
double length(Point v) { return std::hypot(v.x, v.y); }

/// An arrow from the centre; `v` is 1 long at the panel's radius.
void arrow(Svg& svg, Point centre, Point v, const std::string& style, const std::string& tip) {
  const double size = length(v);
  if (!(size > 0.02)) return svg.circle(centre, 3, style + " fill", tip);
  const Point tail = centre;
  const Point head{centre.x + kRadius * v.x, centre.y - kRadius * v.y};
  const Point along{v.x / size, -v.y / size};
  const auto wing = [&](double side) {
    return Point{head.x - 8 * along.x - side * 4 * along.y, head.y - 8 * along.y + side * 4 * along.x};
  };
  svg.line(tail, head, style + " line");
  svg.path({head, wing(1), wing(-1)}, style + " fill", true);
  svg.circle({(head.x + wing(0).x) / 2, (head.y + wing(0).y) / 2}, 3, style + " fill", tip);
}

/// The sector of the circle whose directions have no negative product with any row. It spans at most half the circle,
/// so it begins at the one degree inside that follows a degree outside.
void shade_common_descent(Svg& svg, Point centre, const Json& rows) {
  constexpr int kDegrees = 360;
  const auto at = [](int degree) {
    const double angle = 2 * std::numbers::pi * degree / kDegrees;
    return Point{std::cos(angle), std::sin(angle)};
  };
  const auto is_inside = [&](int degree) {
    const Point d = at(degree);
    return std::all_of(rows.begin(), rows.end(), [&](const Json& row) {
      const Point g = vector_of(row);
      return g.x * d.x + g.y * d.y >= 0;
    });
  };
  int first = 0;
  while (first < kDegrees && !(is_inside(first) && !is_inside(first - 1))) ++first;
  if (first == kDegrees) return;
  std::vector<Point> sector{centre};
  for (int degree = first; is_inside(degree); ++degree) {
    sector.push_back({centre.x + kRadius * at(degree).x, centre.y - kRadius * at(degree).y});
  }
  svg.path(sector, "grey band", true);
}

void draw_panel(Svg& svg, Point corner, const Json& rows, const Json& result, double longest) {
  const Point centre{corner.x + kPanel / 2, corner.y + kTitle + kPanel / 2 - 8};
  const auto method = result.at("method").get<std::string>();
  const auto fallback = result.at("fallback").get<std::string>();
  svg.text_within({corner.x + 6, corner.y + 16}, kPanel - 12, method, "strong");
  if (!fallback.empty()) svg.text_within({corner.x + 6, corner.y + 30}, kPanel - 12, fallback, "small");
  shade_common_descent(svg, centre, rows);
  for (size_t t = 0; t < rows.size(); ++t) {
    const Point g = vector_of(rows[t]);
    arrow(svg, centre, {g.x / longest, g.y / longest}, task_colour(t), fmt::format("task {}", t));
  }
  const Point d = vector_of(result.at("direction"));
  const double shown = std::max(longest, length(d));  // a longer direction ends at the rim
  arrow(svg, centre, {d.x / shown, d.y / shown}, "accent", fmt::format("{}: ({:.4g}, {:.4g})", method, d.x, d.y));
}

}  // namespace

std::string directions_chart(const Json& rows, const Json& results) {
  if (rows.at(0).size() != 2) {
    fail<InvalidArgument>("--plot: the Jacobian has {} columns, drawn can be 2. Leave out --plot.", rows.at(0).size());
  }
  double longest = 0;
  for (const auto& row : rows) longest = std::max(longest, length(vector_of(row)));
  const size_t columns = std::min(results.size(), kColumns);
  const size_t lines = (results.size() + columns - 1) / columns;
  const double height = static_cast<double>(lines) * (kPanel + kTitle);
  Svg svg(static_cast<double>(columns) * kPanel, height, "Task gradients and the direction of each method");
  for (size_t i = 0; i < results.size(); ++i) {
    const size_t line = i / columns, column = i % columns;
    const Point corner{static_cast<double>(column) * kPanel, static_cast<double>(line) * (kPanel + kTitle)};
    draw_panel(svg, corner, rows, results[i], longest > 0 ? longest : 1);
  }
  std::string drawing = svg.str();
  drawing.insert(drawing.find('>') + 1, fmt::format("<style>{}</style>", style_sheet()));
  drawing.insert(drawing.find(' '), " xmlns=\"http://www.w3.org/2000/svg\"");
  return drawing;
}

}  // namespace reconcile::report
