#include "reconcile/report/blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace reconcile::report {
namespace {

constexpr std::array<const char*, 8> kParts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};  ///< eighths of a column
constexpr std::array<const char*, 8> kHeights = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/// At most `width` means of neighbours.
std::vector<double> thinned(const std::vector<double>& values, int64_t width) {
  const int64_t count = std::ssize(values);
  if (count <= width) return values;
  std::vector<double> means;
  for (int64_t column = 0; column < width; ++column) {
    const int64_t begin = column * count / width, end = (column + 1) * count / width;
    double sum = 0;
    for (int64_t i = begin; i < end; ++i) sum += values[static_cast<size_t>(i)];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  return means;
}

}  // namespace

std::string block_bar(double share, int64_t width, std::string_view rest) {
  const auto eighths = std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(8 * width));
  std::string text;
  for (int64_t column = 0; column < width; ++column) {
    const int64_t filled = eighths - 8 * column;
    text += filled >= 8 ? "█" : filled > 0 ? std::string_view(kParts[static_cast<size_t>(filled)]) : rest;
  }
  return text;
}

std::string sparkline(const std::vector<double>& values, int64_t width) {
  const std::vector<double> means = thinned(values, width);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : means) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::string text;
  for (const double value : means) {
    const double share = high > low ? (value - low) / (high - low) : 0;
    text += std::isfinite(value) ? kHeights[static_cast<size_t>(std::lround(share * 7))] : " ";
  }
  return text;
}

}  // namespace reconcile::report
