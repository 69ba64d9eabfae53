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

enum class Unit { kShare, kDegrees, kPlain };

struct Metric {
  std::string_view name;
  Unit unit;
  bool higher_is_better;
};
constexpr std::array kMetrics{Metric{"accuracy", Unit::kShare, true},
                              Metric{"f1", Unit::kShare, true},
                              Metric{"error", Unit::kShare, false},
                              Metric{"mae", Unit::kPlain, false},
                              Metric{"rmse", Unit::kPlain, false},
                              Metric{"r2", Unit::kPlain, true},
                              Metric{"miou", Unit::kShare, true},
                              Metric{"pixel_accuracy", Unit::kShare, true},
                              Metric{"abs_err", Unit::kPlain, false},
                              Metric{"rel_err", Unit::kPlain, false},
                              Metric{"log_rmse", Unit::kPlain, false},
                              Metric{"mean_angle", Unit::kDegrees, false},
                              Metric{"median_angle", Unit::kDegrees, false},
                              Metric{"within_11.25", Unit::kShare, true},
                              Metric{"within_22.5", Unit::kShare, true},
                              Metric{"within_30", Unit::kShare, true},
                              Metric{"max_f", Unit::kShare, true},
                              Metric{"best_f", Unit::kShare, true},
                              Metric{"ods_f", Unit::kShare, true},
                              Metric{"ois_f", Unit::kShare, true},
                              Metric{"average_precision", Unit::kShare, true}};

const Metric* known_metric(std::string_view name) {
  const auto place = std::find_if(kMetrics.begin(), kMetrics.end(), [&](const Metric& m) { return m.name == name; });
  return place == kMetrics.end() ? nullptr : &*place;
}

Unit unit_of(std::string_view name) {
  const Metric* metric = known_metric(name);
  return metric ? metric->unit : Unit::kPlain;
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

std::string exact_number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : std::string(kNotANumber);
}

std::string text_of(const Statistic& statistic, double scale, int digits) {
  if (statistic.n == 0) return "-";
  std::string mean = fixed(scale * statistic.mean, digits);
  if (statistic.n == 1 || !std::isfinite(statistic.sd)) return mean;
  return mean + " ± " + fixed(scale * statistic.sd, digits);
}

bool is_share(std::string_view metric) { return unit_of(metric) == Unit::kShare; }

std::string metric_unit(std::string_view metric) {
  const Unit unit = unit_of(metric);
  return unit == Unit::kShare ? "%" : unit == Unit::kDegrees ? "°" : "";
}

int metric_digits(std::string_view metric) { return unit_of(metric) == Unit::kPlain ? 4 : 2; }

bool restates_another(std::string_view metric) { return metric == "error"; }

std::string_view better(std::string_view metric) {
  const Metric* known = known_metric(metric);
  if (!known) return "";
  return known->higher_is_better ? "higher is better" : "lower is better";
}

std::string metric_title(const std::string& task, const std::string& metric) {
  const Metric* known = known_metric(metric);
  if (!known) return fmt::format("{} {}", task, metric);
  const std::string unit = metric_unit(metric);
  return fmt::format("{} {}{}{} {}", task, metric, unit.empty() ? "" : " ", unit, known->higher_is_better ? "↑" : "↓");
}

std::string metric_text(const Statistic& statistic, std::string_view metric) {
  return text_of(statistic, is_share(metric) ? 100 : 1, metric_digits(metric));
}

std::string metric_words(std::string_view metric, double value) {
  const Unit unit = unit_of(metric);
  if (unit == Unit::kShare) return fmt::format("{} {}", metric, percent(value, 2));
  return fmt::format("{} {}", metric, unit == Unit::kDegrees ? fixed(value, 2) + "°" : fixed(value, 4));
}

std::string metric_words(const Json& metrics) {
  std::string text;
  for (const auto& [metric, value] : metrics.items()) {
    if (restates_another(metric)) continue;
    text += text.empty() ? "" : ", ";
    text += metric_words(metric, value.is_number() ? value.get<double>() : kMissing);
  }
  return text.empty() ? "nothing to measure" : text;
}

int64_t display_width(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace reconcile::report
