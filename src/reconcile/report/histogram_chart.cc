#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kHistogramWidth = 460, kHistogramHeight = 250;
const Box kHistogramArea{48, 30, 400, 175};
constexpr double kBinWidth = 2.0 / kNumBins;
constexpr size_t kZeroBin = kNumBins / 2;  // the first bin that holds no negative cosine

double edge(size_t bin) { return -1 + kBinWidth * static_cast<double>(bin); }

/// Percent of all counts in each bin; empty if there are none.
std::vector<double> percentages(const std::vector<double>& counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  std::vector<double> result;
  for (const double count : counts) {
    if (total > 0) result.push_back(100 * count / total);
  }
  return result;
}

/// The bins to show on either side of zero: all that hold something, at least six.
size_t half_width(const std::vector<std::vector<double>>& histograms) {
  size_t half = 6;
  for (const auto& histogram : histograms) {
    for (size_t bin = 0; bin < histogram.size(); ++bin) {
      if (histogram[bin] <= 0) continue;
      half = std::max(half, bin < kZeroBin ? kZeroBin - bin : bin - kZeroBin + 1);
    }
  }
  return half;
}

void draw_filled(Svg& svg, const Axes& axes, const std::vector<double>& histogram) {
  for (size_t bin = 0; bin < histogram.size(); ++bin) {
    if (histogram[bin] <= 0) continue;
    const Point top = axes.at(edge(bin), histogram[bin]), end = axes.at(edge(bin + 1), 0);
    svg.rect({top.x + 0.5, top.y, end.x - top.x - 1, end.y - top.y}, "before",
             fmt::format("cosine {} to {}: {} % before", fixed(edge(bin), 2), fixed(edge(bin + 1), 2),
                         fixed(histogram[bin], 1)));
  }
}

void draw_outline(Svg& svg, const Axes& axes, const std::vector<double>& histogram, size_t half) {
  std::vector<Point> steps;
  for (size_t bin = kZeroBin - half; bin < kZeroBin + half && !histogram.empty(); ++bin) {
    steps.push_back(axes.at(edge(bin), histogram[bin]));
    steps.push_back(axes.at(edge(bin + 1), histogram[bin]));
  }
  svg.path(steps, "line accent");
}

}  // namespace

double negative_share(const std::vector<double>& histogram) {
  const auto zero = histogram.begin() + static_cast<std::ptrdiff_t>(std::min(kZeroBin, histogram.size()));
  const double total = std::accumulate(histogram.begin(), histogram.end(), 0.0);
  return total > 0 ? std::accumulate(histogram.begin(), zero, 0.0) / total : kMissing;
}

std::string histogram_chart(const HistogramPair& counts, double severe_threshold, const std::string& alt) {
  const auto before = percentages(counts.before), after = percentages(counts.after);
  const size_t half = half_width({before, after});
  const Range x{edge(kZeroBin - half), edge(kZeroBin + half)};
  std::vector<double> all = before;
  all.insert(all.end(), after.begin(), after.end());
  const Range y{0, 1.08 * range_of(all).high};
  Svg svg(kHistogramWidth, kHistogramHeight, alt);
  Axes axes(svg, kHistogramArea, x, y);
  const double zero = axes.at(0, 0).x;
  svg.rect({kHistogramArea.x, kHistogramArea.y, zero - kHistogramArea.x, kHistogramArea.height}, "conflict-zone");
  axes.draw_x(8, "cosine of two tasks' shared gradients");
  axes.draw_y(4, "share of steps (%)");
  draw_filled(svg, axes, before);
  draw_outline(svg, axes, after, half);
  svg.line({zero, kHistogramArea.y}, {zero, kHistogramArea.y + kHistogramArea.height}, "ink");
  if (severe_threshold < 0 && severe_threshold > x.low)
    svg.line(axes.at(severe_threshold, y.low), axes.at(severe_threshold, y.high), "cut");
  svg.text({kHistogramArea.x + 6, kHistogramArea.y + 14}, "conflict", "small");
  return svg.str();
}

Table histogram_table(const Named<HistogramPair>& histograms) {
  Table table{{"method", "from", "to", "before", "after"}, {}};
  const auto count = [](const std::vector<double>& bins, size_t bin) {
    return bin < bins.size() ? fixed(bins[bin], 0) : std::string();
  };
  for (const auto& [name, counts] : histograms) {
    for (size_t bin = 0; bin < kNumBins; ++bin) {
      table.rows.push_back(
          {name, fixed(edge(bin), 2), fixed(edge(bin + 1), 2), count(counts.before, bin), count(counts.after, bin)});
    }
  }
  return table;
}

}  // namespace reconcile::report
