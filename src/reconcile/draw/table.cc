#include "reconcile/draw/table.h"

#include <cmath>

namespace reconcile {
namespace {

constexpr int kScaleRows = 4096;  // rows that scales are measured on
constexpr double kCommon = 0.4;   // of a feature's deviation comes from what neighbours share
constexpr std::array<double, kTableTargets> kTargetNoise = {.1, .2, .3, .1, .2, .3, .15, .15, .1, 2};

double project(const std::array<double, kTableFeatures>& direction, const std::array<double, kTableFeatures>& x) {
  double sum = 0;
  for (size_t i = 0; i < kTableFeatures; ++i) sum += direction[i] * x[i];
  return sum;
}

}  // namespace

const std::vector<std::string>& feature_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (size_t i = 1; i <= kTableFeatures; ++i) all.push_back("x" + std::to_string(i));
    return all;
  }();
  return names;
}

const std::vector<std::string>& target_names() {
  static const std::vector<std::string> names = {"wave_1", "wave_2", "wave_3",     "step_1", "step_2",
                                                 "step_3", "sum",    "difference", "alone",  "noisy"};
  return names;
}

TableLaw::TableLaw(Rng rng) {
  for (Features& direction : directions_) {
    double squares = 0;
    for (double& weight : direction) {
      weight = rng.normal();
      squares += weight * weight;
    }
    for (double& weight : direction) weight /= std::sqrt(squares);
  }
  Targets squares{};
  for (int row = 0; row < kScaleRows; ++row) {
    Rng of_row = rng.fork("scale").fork(static_cast<uint64_t>(row));
    const Features x = draw_features(of_row);
    const Targets y = follow(x, of_row);
    for (size_t t = 0; t < kTableTargets; ++t) {
      means_[t] += y[t] / kScaleRows;
      squares[t] += y[t] * y[t] / kScaleRows;
    }
  }
  for (size_t t = 0; t < kTableTargets; ++t) deviations_[t] = std::sqrt(squares[t] - means_[t] * means_[t]);
}

TableLaw::Features TableLaw::draw_features(Rng& rng) const {
  Features x{};
  double shared = rng.normal();
  for (double& value : x) {
    value = std::sqrt(1 - kCommon * kCommon) * rng.normal() + kCommon * shared;
    shared = value;
  }
  return x;
}

TableLaw::Targets TableLaw::follow(const Features& x, Rng& rng) const {
  std::array<double, 7> p{};
  for (size_t i = 0; i < p.size(); ++i) p[i] = project(directions_[i], x);
  const double wave = std::sin(2.2 * p[0]) + 0.6 * p[1] * p[2];
  const double step = std::tanh(3 * p[3]) + std::abs(p[4]) - 0.8;
  const double alone = std::cos(3 * p[5]) * (1 + 0.5 * p[6]);
  Targets y = {wave,        wave + 0.4 * p[5], -wave + 0.3 * p[1],
               step,        step + 0.4 * p[2], -step + 0.3 * p[6],
               wave + step, wave - step,       alone,
               0.5 * p[0]};
  for (size_t t = 0; t < kTableTargets; ++t) y[t] += kTargetNoise[t] * rng.normal();
  return y;
}

void TableLaw::draw_row(Rng rng, std::span<float, kTableFeatures> features,
                        std::span<float, kTableTargets> targets) const {
  const Features x = draw_features(rng);
  const Targets y = follow(x, rng);
  for (size_t i = 0; i < kTableFeatures; ++i) features[i] = static_cast<float>(x[i]);
  for (size_t t = 0; t < kTableTargets; ++t) targets[t] = static_cast<float>((y[t] - means_[t]) / deviations_[t]);
}

}  // namespace reconcile
