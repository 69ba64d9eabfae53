#include "reconcile/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reconcile::report {
namespace {

constexpr double kConfidence = 0.95;

/// P(|T| < sqrt(degrees) tan(angle)): the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4.
double central_probability(double angle, int64_t degrees) {
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const bool is_odd = degrees % 2 == 1;
  double term = is_odd ? cosine : 1, sum = 0;
  for (int64_t k = is_odd ? 1 : 0; k <= degrees - 2; k += 2) {
    sum += term;
    term *= cosine * cosine * static_cast<double>(k + 1) / static_cast<double>(k + 2);
  }
  return is_odd ? 2 / std::numbers::pi * (angle + sine * sum) : sine * sum;
}

std::vector<double> finite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return values;
}

}  // namespace

Statistic mean_and_sd(const std::vector<double>& all) {
  const std::vector<double> values = finite(all);
  if (values.empty()) return {};
  Statistic result{.mean = 0, .n = static_cast<int64_t>(values.size())};
  for (const double value : values) result.mean += value / static_cast<double>(result.n);
  if (result.n < 2) return result;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.sd = std::sqrt(squares / static_cast<double>(result.n - 1));
  return result;
}

double student_quantile(double probability, int64_t degrees) {
  const double wanted = 2 * probability - 1;
  double low = 0, high = std::numbers::pi / 2;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (central_probability(middle, degrees) < wanted ? low : high) = middle;
  }
  return std::sqrt(static_cast<double>(degrees)) * std::tan(low);
}

Difference mean_difference(const std::vector<double>& differences) {
  const auto [mean, sd, n] = mean_and_sd(differences);
  if (n < 2) return {.mean = mean, .n = n};
  const double half = student_quantile((1 + kConfidence) / 2, n - 1) * sd / std::sqrt(static_cast<double>(n));
  return {mean, mean - half, mean + half, n};
}

Verdict judge(const Difference& difference, bool higher_is_better) {
  if (difference.n == 0) return Verdict::kNoCommonSeed;
  if (difference.n == 1) return Verdict::kOneSeed;
  if (difference.low <= 0 && difference.high >= 0) return Verdict::kNotDistinguishable;
  return (difference.mean > 0) == higher_is_better ? Verdict::kBetter : Verdict::kWorse;
}

std::string words_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNoCommonSeed:
      return "no seed in common";
    case Verdict::kOneSeed:
      return "one seed: nothing can be said about noise";
    case Verdict::kNotDistinguishable:
      return "not distinguishable";
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
  }
  return "";
}

bool exceeds_spread(const Statistic& a, const Statistic& b) {
  return a.n > 1 && b.n > 1 && std::abs(a.mean - b.mean) > std::hypot(a.sd, b.sd);
}

}  // namespace reconcile::report
