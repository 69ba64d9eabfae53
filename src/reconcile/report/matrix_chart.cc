#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kMostWidth = 460, kMatrixTop = 40, kMostCell = 46, kMostName = 110;
constexpr int kShadesOfCell = 20;

/// Negative ones in the colour of conflict, the others in that of agreement.
std::string shade_of(double value, double largest) {
  if (!std::isfinite(value)) return "heat h0";
  const double share = largest > 0 ? std::min(std::abs(value) / largest, 1.0) : 0;
  return fmt::format("{} h{}", value < 0 ? "heat" : "agree", std::lround(kShadesOfCell * share));
}

double width_of_names(const std::vector<std::string>& names) {
  double width = 20;
  for (const auto& name : names) width = std::max(width, text_width(name));
  return std::min(width, kMostName) + 8;
}

std::string tip_of(const MatrixChart& chart, size_t row, size_t column) {
  return fmt::format("{}, {}: {:.4g}", chart.rows[row], chart.columns[column], chart.values[row][column]);
}

void draw_cell(Svg& svg, const MatrixChart& chart, size_t row, size_t column, const Box& box) {
  const double value = chart.values[row][column];
  svg.rect({box.x, box.y, box.width - 1, box.height - 1}, shade_of(value, chart.largest),
           std::isfinite(value) ? tip_of(chart, row, column) : "");
  if (chart.texts.empty()) return;
  const std::string& text = chart.texts[row][column];
  if (text_width(text) * 0.92 > box.width) return;
  const bool is_strong = std::abs(value) > 0.65 * chart.largest;
  svg.text({box.x + box.width / 2, box.y + box.height / 2 + 4}, text,
           is_strong ? (value < 0 ? "cell mid on-heat" : "cell mid on-agree") : "cell mid");
}

}  // namespace

std::string matrix_chart(const MatrixChart& chart, const std::string& alt) {
  const double left = width_of_names(chart.rows), columns = static_cast<double>(chart.columns.size());
  const double cell = std::clamp((kMostWidth - left) / columns, 8.0, kMostCell);
  const double row = std::clamp(cell, 8.0, 26.0);
  Svg svg(std::max(kMostWidth, left + cell * columns), kMatrixTop + row * static_cast<double>(chart.rows.size()) + 30,
          alt);
  svg.text({0, 14}, chart.title, "strong");
  for (size_t c = 0; c < chart.columns.size(); c += static_cast<size_t>(std::ceil(12 / cell))) {
    svg.text_within({left + cell * (static_cast<double>(c) + 0.5), kMatrixTop - 6}, std::max(cell, 16.0),
                    chart.columns[c], "small mid");
  }
  for (size_t r = 0; r < chart.rows.size(); ++r) {
    const double y = kMatrixTop + row * static_cast<double>(r);
    if (row >= 10 || r % 2 == 0) svg.text_within({0, y + row / 2 + 4}, left - 8, chart.rows[r], "small");
    for (size_t c = 0; c < chart.columns.size(); ++c) {
      draw_cell(svg, chart, r, c, {left + cell * static_cast<double>(c), y, cell, row});
    }
  }
  const double bottom = kMatrixTop + row * static_cast<double>(chart.rows.size());
  svg.text({left, bottom + 16}, chart.column_title, "small");
  return svg.str();
}

Table matrix_table(const std::vector<MatrixChart>& charts) {
  Table table{{"matrix", "row", "column", "value"}, {}};
  for (const auto& chart : charts) {
    for (size_t r = 0; r < chart.rows.size(); ++r) {
      for (size_t c = 0; c < chart.columns.size(); ++c) {
        const double value = chart.values[r][c];
        const std::string text = std::isfinite(value) ? fmt::format("{:.6g}", value) : std::string();
        table.rows.push_back({chart.title, chart.rows[r], chart.columns[c], text});
      }
    }
  }
  return table;
}

}  // namespace reconcile::report
