#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kStripWidth = 940, kBoxWidth = 84, kBoxHeight = 40, kStepX = 94, kStepY = 92, kStripTop = 22,
                 kLeft = 6;
constexpr size_t kMaxPerLine = 10;
constexpr int64_t kMaxName = 14;  // characters that fit below a box

/// Boxes of one line, so that all lines are about equally long.
size_t boxes_per_line(size_t count) {
  const size_t lines = std::max<size_t>(1, (count + kMaxPerLine - 1) / kMaxPerLine);
  return (count + lines - 1) / lines;
}

Point place_of(size_t index, size_t per_line) {
  const size_t line = index / per_line, column = index % per_line;
  return {kLeft + static_cast<double>(column) * kStepX, kStripTop + static_cast<double>(line) * kStepY};
}

/// The end of a long name: it tells more than the beginning.
std::string short_name(const std::string& name) {
  if (display_width(name) <= kMaxName) return name;
  size_t begin = 0;
  while (display_width(std::string_view(name).substr(begin)) >= kMaxName) ++begin;
  return "…" + name.substr(begin);
}

/// One stripe a copy for a split layer, one grey box for a shared one.
void draw_box(Svg& svg, Point place, const LayerRecord& layer, size_t num_copies) {
  const std::string tip = fmt::format("{}: {} parameters, {}", layer.name, compact(layer.size),
                                      num_copies > 1 ? fmt::format("{} copies", num_copies) : "shared");
  if (num_copies == 1) svg.rect({place.x, place.y, kBoxWidth, kBoxHeight}, "shared", tip);
  const double stripe = kBoxHeight / static_cast<double>(num_copies);
  for (size_t copy = 0; copy < num_copies && num_copies > 1; ++copy) {
    svg.rect({place.x, place.y + stripe * static_cast<double>(copy), kBoxWidth, stripe - 1},
             "fill " + task_colour(copy), tip);
  }
  svg.text({place.x + kBoxWidth / 2, place.y + kBoxHeight + 14}, short_name(layer.name), "small mid");
  svg.text({place.x + kBoxWidth / 2, place.y + kBoxHeight + 27}, compact(layer.size), "small mid dim");
}

}  // namespace

std::string network_strip(const Pipeline& pipeline, const std::vector<LayerRecord>& layers) {
  std::map<std::string, int64_t> copies;
  for (size_t i = 0; i < pipeline.plan->layers.size(); ++i) copies[pipeline.plan->layers[i]] = pipeline.plan->copies[i];
  const size_t per_line = boxes_per_line(layers.size()), lines = (layers.size() + per_line - 1) / per_line;
  Svg svg(kStripWidth, kStripTop + kStepY * static_cast<double>(lines),
          "The shared layers in order: grey ones are shared, coloured ones are split");
  for (size_t i = 0; i < layers.size(); ++i) {
    const Point place = place_of(i, per_line);
    const double middle = place.y + kBoxHeight / 2;
    if (i % per_line > 0) svg.line({place.x - (kStepX - kBoxWidth), middle}, {place.x, middle}, "ink");
    draw_box(svg, place, layers[i], static_cast<size_t>(std::max<int64_t>(copies[layers[i].name], 1)));
    if (layers[i].name != pipeline.plan->fork) continue;
    const double x = place.x - 5;
    svg.line({x, place.y - 14}, {x, place.y + kBoxHeight + 6}, "cut");
    svg.text({x + 5, place.y - 6}, "fork", "small accent-text");
  }
  return svg.str();
}

}  // namespace reconcile::report
