#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {

/// The losses of a short run that scalarizers must cope with: 12 steps in 6 epochs.
struct LossSample {
  static constexpr int64_t kEpochs = 6;
  static constexpr int64_t kStepsPerEpoch = 2;

  std::string name;
  std::vector<std::vector<double>> losses;        ///< [steps][T], those of each step's batch
  std::vector<std::vector<double>> after;         ///< [steps][T], of the same batch after the step
  std::vector<std::vector<double>> achievements;  ///< [epochs][T]

  [[nodiscard]] int64_t num_tasks() const { return static_cast<int64_t>(losses.front().size()); }
};

/// Losses that wander and fall from `start` [T]; tasks that start alike stay alike.
inline LossSample loss_sample(const std::string& name, const std::vector<double>& start, Rng& rng) {
  LossSample sample{name, {}, {}, {}};
  const auto draw = [&](double mean, double spread) {
    std::vector<double> row(start.size());
    for (size_t t = 0; t < row.size(); ++t) {
      const auto twin = std::find(start.begin(), start.end(), start[t]) - start.begin();
      row[t] = std::exp(mean + spread * rng.normal());
      row[t] = row[static_cast<size_t>(twin)];
    }
    return row;
  };
  const auto product = [](std::vector<double> a, const std::vector<double>& b) {
    for (size_t t = 0; t < a.size(); ++t) a[t] *= b[t];
    return a;
  };
  for (int64_t k = 0; k < LossSample::kEpochs * LossSample::kStepsPerEpoch; ++k) {
    sample.losses.push_back(product(draw(-0.05 * static_cast<double>(k), 0.3), start));
    sample.after.push_back(product(draw(-0.01, 0.02), sample.losses.back()));
  }
  for (int64_t e = 0; e < LossSample::kEpochs; ++e) {
    sample.achievements.push_back(draw(-1.0 / static_cast<double>(1 + e), 0.1));
  }
  return sample;
}

inline std::vector<LossSample> loss_samples() {
  Rng rng(31);
  std::vector<LossSample> list;
  const auto spread = [](size_t T, double decades) {
    std::vector<double> start;
    for (size_t t = 0; t < T; ++t) {
      start.push_back(std::pow(10.0, decades * (static_cast<double>(t) / static_cast<double>(T - 1) - 0.5)));
    }
    return start;
  };
  list.push_back(loss_sample("one task", {0.7}, rng));
  list.push_back(loss_sample("two tasks", {0.8, 2.5}, rng));
  list.push_back(loss_sample("three tasks", {0.8, 2.5, 0.1}, rng));
  list.push_back(loss_sample("equal", std::vector<double>(5, 1.5), rng));
  list.push_back(loss_sample("duplicates", {0.3, 2, 0.3, 2, 2}, rng));
  list.push_back(loss_sample("40 tasks", spread(40, 1), rng));
  list.push_back(loss_sample("24 decades", spread(7, 24), rng));
  list.push_back(loss_sample("24 decades, 40 tasks", spread(40, 24), rng));
  list.push_back(loss_sample("tiny", {1e-30, 3e-30, 2e-30}, rng));
  list.push_back(loss_sample("huge", {1e30, 3e30, 2e30}, rng));
  return list;
}

inline Moment moment_at(int64_t step) { return {step, LossSample::kStepsPerEpoch, LossSample::kEpochs}; }

/// One step of a run: scalarize, move the parameters, tell what comes after.
inline Scalarization run_step(Scalarizer& scalarizer, const LossSample& sample, int64_t step, Rng& rng) {
  constexpr double kRate = 0.1;
  Scalarization result = scalarizer(sample.losses[step], moment_at(step), rng);
  const auto parameters = scalarizer.parameters();
  const auto gradients = scalarizer.parameter_gradients();
  for (size_t i = 0; i < parameters.size(); ++i) at::Tensor(parameters[i].second).sub_(gradients[i], kRate);
  if (scalarizer.wants_losses_after_step()) scalarizer.after_step(sample.after[step]);
  if ((step + 1) % LossSample::kStepsPerEpoch == 0) {
    scalarizer.after_validation(sample.achievements[step / LossSample::kStepsPerEpoch]);
  }
  return result;
}

}  // namespace reconcile
