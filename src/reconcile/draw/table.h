#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "reconcile/base/rng.h"

namespace reconcile {

constexpr size_t kTableFeatures = 16;
constexpr size_t kTableTargets = 10;

/// "x1" ... "x16".
const std::vector<std::string>& feature_names();

/// Three targets of one hidden function ("wave_1" ... "wave_3", the last of opposite sign), three of another
/// ("step_1" ... "step_3"), their sum and their difference, one that shares nothing ("alone") and one that is mostly
/// noise ("noisy").
const std::vector<std::string>& target_names();

/// How features and targets of a table hang together: hidden functions with random weights.
class TableLaw {
 public:
  /// The weights, and the scales that give every target mean 0 and deviation 1.
  explicit TableLaw(Rng rng);
  /// One row: correlated normal features and what follows from them, with noise.
  void draw_row(Rng rng, std::span<float, kTableFeatures> features, std::span<float, kTableTargets> targets) const;

 private:
  using Features = std::array<double, kTableFeatures>;
  using Targets = std::array<double, kTableTargets>;
  [[nodiscard]] Features draw_features(Rng& rng) const;
  [[nodiscard]] Targets follow(const Features& x, Rng& rng) const;

  std::array<Features, 7> directions_{};
  Targets means_{};
  Targets deviations_{};
};

}  // namespace reconcile
