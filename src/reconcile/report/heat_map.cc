#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kMapWidth = 940, kMapTop = 8, kMapRow = 18, kMaxMapLabel = 190, kLegend = 110;
constexpr size_t kMaxColumns = 60;  // more epochs are averaged into this many
constexpr int kNumShades = 20;

struct Cells {
  std::vector<std::string> columns;         ///< "3", or "3-5" for averaged epochs
  std::vector<std::vector<double>> shares;  ///< [L][columns]
  double largest = 0;
};

Cells collect(const RunLog& log, size_t index) {
  Cells cells;
  const size_t epochs = log.conflicts.size(), columns = std::min(epochs, kMaxColumns);
  cells.shares.resize(log.conflicts[0].layers.size());
  for (size_t c = 0; c < columns; ++c) {
    const size_t first = c * epochs / columns, end = (c + 1) * epochs / columns;
    const int64_t from = log.conflicts[first].epoch, to = log.conflicts[end - 1].epoch;
    cells.columns.push_back(from == to ? std::to_string(from) : fmt::format("{}-{}", from, to));
    for (size_t l = 0; l < cells.shares.size(); ++l) {
      cells.shares[l].push_back(mean_share(log, first, end, l, index));
      if (std::isfinite(cells.shares[l].back())) cells.largest = std::max(cells.largest, cells.shares[l].back());
    }
  }
  return cells;
}

std::string shade(double share, double largest) {
  if (!std::isfinite(share)) return "heat h0";
  return fmt::format("heat h{}", largest > 0 ? std::lround(kNumShades * share / largest) : 0);
}

/// "layer1" of "layer1.0.conv2": where the block changes, a line is drawn.
std::string block_of(const std::string& layer) { return layer.substr(0, layer.find('.')); }

void draw_scale(Svg& svg, double x, double largest) {
  for (int i = 0; i <= kNumShades; ++i) {
    svg.rect({x, kMapTop + 5.0 * (kNumShades - i), 16, 5}, fmt::format("heat h{}", i));
  }
  svg.text({x + 22, kMapTop + 9}, percent(largest), "small");
  svg.text({x + 22, kMapTop + 105}, "0 %", "small");
}

void draw_cells(Svg& svg, const std::vector<ConflictBlock>& layers, const Cells& cells, double label, double cell) {
  for (size_t l = 0; l < layers.size(); ++l) {
    const double y = kMapTop + kMapRow * static_cast<double>(l);
    svg.text_within({0, y + kMapRow / 2 + 4}, label - 8, layers[l].name, "small");
    for (size_t c = 0; c < cells.columns.size(); ++c) {
      const double share = cells.shares[l][c], x = label + cell * static_cast<double>(c);
      svg.rect({x, y, cell - 1, kMapRow - 1}, shade(share, cells.largest),
               fmt::format("{}, epoch {}: {}", layers[l].name, cells.columns[c], percent(share)));
      const bool is_strong = share > 0.65 * cells.largest;
      if (cell > 44)
        svg.text({x + cell / 2, y + kMapRow / 2 + 4}, percent(share), is_strong ? "cell mid on-heat" : "cell mid");
    }
    const bool has_blocks = l > 0 && (layers[l].name + layers[l - 1].name).find('.') != std::string::npos;
    if (has_blocks && block_of(layers[l].name) != block_of(layers[l - 1].name)) {
      svg.line({0, y - 0.5}, {label + cell * static_cast<double>(cells.columns.size()), y - 0.5}, "muted");
    }
  }
}

}  // namespace

double share_below(const ConflictRecord& record, const ConflictBlock& block, size_t index) {
  double count = 0;
  for (const auto& row : block.below) count += row[index];
  const double steps = record.iterations * static_cast<double>(record.whole.below.size());
  return steps > 0 ? count / steps : kMissing;
}

double mean_share(const RunLog& log, size_t first, size_t end, size_t layer, size_t index) {
  double sum = 0;
  double epochs = 0;
  for (size_t e = first; e < end; ++e) {
    const double share = share_below(log.conflicts[e], log.conflicts[e].layers[layer], index);
    if (std::isnan(share)) continue;
    sum += share;
    ++epochs;
  }
  return epochs > 0 ? sum / epochs : kMissing;
}

std::string heat_map(const RunLog& log, size_t index) {
  const auto& layers = log.conflicts[0].layers;
  const auto cells = collect(log, index);
  double label = 40;
  for (const auto& layer : layers) label = std::max(label, text_width(layer.name));
  label = std::min(label, kMaxMapLabel) + 8;
  const double cell = std::min(90.0, (kMapWidth - kLegend - label) / static_cast<double>(cells.columns.size()));
  const double height = std::max(kMapRow * static_cast<double>(layers.size()), 110.0);
  Svg svg(kMapWidth, kMapTop + height + 40, "Heat map: share of steps in which each layer conflicts, for every epoch");
  draw_cells(svg, layers, cells, label, cell);
  const double bottom = kMapTop + kMapRow * static_cast<double>(layers.size());
  const auto stride = static_cast<size_t>(std::ceil(34 / cell));
  for (size_t c = 0; c < cells.columns.size(); c += stride) {
    svg.text({label + cell * (static_cast<double>(c) + 0.5), bottom + 14}, cells.columns[c], "small mid");
  }
  svg.text({label, bottom + 31}, "epoch", "small");
  draw_scale(svg, label + cell * static_cast<double>(cells.columns.size()) + 24, cells.largest);
  return svg.str();
}

Table heat_table(const RunLog& log, size_t index) {
  Table table{{"layer", "epoch", fmt::format("share of steps with cosine < {}", log.thresholds[index])}, {}};
  for (const auto& record : log.conflicts) {
    for (const auto& layer : record.layers) {
      table.rows.push_back({layer.name, std::to_string(record.epoch), fixed(share_below(record, layer, index), 5)});
    }
  }
  return table;
}

}  // namespace reconcile::report
