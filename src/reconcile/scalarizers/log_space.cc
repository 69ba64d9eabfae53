#include "reconcile/scalarizers/log_space.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

/// log of the mean of exp(p y), over p; y has mean 0, so that nothing is lost where p y is small.
double log_mean_exp(const std::vector<double>& y, double p) {
  if (p == 0) return 0;
  std::vector<double> scaled;
  for (const double v : y) scaled.push_back(p * v);
  const auto [low, high] = std::minmax_element(scaled.begin(), scaled.end());
  if (*high - *low > 1) return (log_sum_exp(scaled) - std::log(static_cast<double>(y.size()))) / p;
  for (double& v : scaled) v = std::expm1(v);
  return std::log1p(mean(scaled)) / p;
}

}  // namespace

void require_positive(const std::vector<double>& values, const std::string& what) {
  for (size_t t = 0; t < values.size(); ++t) {
    if (values[t] > 0) continue;
    fail<StateError>(
        "{} of task {} is {}, must be > 0. Use a loss that stays positive, or a method without logarithms or ratios of "
        "losses, such as sum.",
        what, t, values[t]);
  }
}

std::vector<double> positive_logs(const std::vector<double>& values, const std::string& what) {
  require_positive(values, what);
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value));
  return logs;
}

double log_sum_exp(const std::vector<double>& x) {
  const double high = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (const double v : x) sum += std::exp(v - high);
  return high + std::log(sum);
}

std::vector<double> softmax(const std::vector<double>& x) {
  const double high = *std::max_element(x.begin(), x.end());
  std::vector<double> result;
  double sum = 0;
  for (const double v : x) {
    result.push_back(std::exp(v - high));
    sum += result.back();
  }
  for (double& v : result) v /= sum;
  return result;
}

Scalarization power_mean(const std::vector<double>& logs, double p) {
  const double center = mean(logs);
  std::vector<double> y;
  for (const double x : logs) y.push_back(x - center);
  const double log_mean = log_mean_exp(y, p);
  // dM/dl_t = softmax(p y)_t M / l_t, all of it in the exponent; largest p y at 0, so that a huge p multiplies no
  // rounding.
  const double extreme = p > 0 ? *std::max_element(y.begin(), y.end()) : *std::min_element(y.begin(), y.end());
  std::vector<double> shares;
  for (const double v : y) shares.push_back(p * (v - extreme));
  const double log_sum = log_sum_exp(shares);
  Scalarization result{std::exp(center + log_mean), {}};
  for (size_t t = 0; t < y.size(); ++t) result.weights.push_back(std::exp(shares[t] - log_sum + log_mean - y[t]));
  return result;
}

}  // namespace reconcile
