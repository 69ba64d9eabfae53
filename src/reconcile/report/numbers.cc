#include "reconcile/report/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace reconcile::report {
namespace {

constexpr std::string_view kNotANumber = "n/a";

double rounded(double value, int digits) {
  const double unit = std::pow(10.0, digits);
  const double result = std::round(value * unit) / unit;
  return result == 0 ? 0 : value;  // the sign of a zero says nothing
}

}  // namespace

std::string fixed(double value, int digits) {
  if (!std::isfinite(value)) return std::string(kNotANumber);
  return fmt::format("{:.{}f}", rounded(value, digits), digits);
}

std::string signed_fixed(double value, int digits) {
  if (!std::isfinite(value)) return std::string(kNotANumber);
  return fmt::format("{:+.{}f}", rounded(value, digits), digits);
}

std::string percent(double share, int digits) {
  return std::isfinite(share) ? fixed(100 * share, digits) + " %" : std::string(kNotANumber);
}

std::string compact(double value) {
  constexpr std::array<std::string_view, 5> kUnits = {"", " k", " M", " G", " T"};
  if (!std::isfinite(value)) return std::string(kNotANumber);
  size_t unit = 0;
  while (std::abs(value) >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.3g}{}", value, kUnits[unit]);
}

std::string factor(double value) { return std::isfinite(value) ? fixed(value, 2) + "×" : std::string(kNotANumber); }

std::string text_of(const Statistic& statistic, double scale, int digits) {
  if (statistic.n == 0) return "-";
  const std::string mean = fixed(scale * statistic.mean, digits);
  if (statistic.n == 1 || !std::isfinite(statistic.sd)) return mean;
  return mean + " ± " + fixed(scale * statistic.sd, digits);
}

bool is_share(std::string_view metric) { return metric.find("accuracy") != std::string_view::npos; }

std::string metric_title(const std::string& task, const std::string& metric) {
  return task + " " + metric + (is_share(metric) ? " %" : "");
}

std::string metric_text(const Statistic& statistic, std::string_view metric) {
  return is_share(metric) ? text_of(statistic, 100, 2) : text_of(statistic, 1, 4);
}

int64_t display_width(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace reconcile::report
