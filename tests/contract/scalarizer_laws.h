#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "contract/scalarizer_run.h"
#include "reconcile/base/error.h"
#include "reconcile/catalog/catalog.h"

/// How a scalarizer of the catalogue is run on samples, and the laws that its entry may claim.
namespace reconcile::scalarizer_contract {

using Losses = std::vector<double>;
inline constexpr uint64_t kSeed = 5;
inline constexpr int64_t kSteps = LossSample::kEpochs * LossSample::kStepsPerEpoch;

inline std::unique_ptr<Scalarizer> make(const ScalarizerEntry& entry, int64_t num_tasks) {
  return entry.make(
      Json::object(), [&](const std::string& key) { return entry.info.name + ": " + key; }, num_tasks);
}

inline std::vector<Scalarization> run(const ScalarizerEntry& entry, const LossSample& sample, uint64_t seed = kSeed) {
  const auto scalarizer = make(entry, sample.num_tasks());
  Rng rng(seed);
  std::vector<Scalarization> steps;
  for (int64_t k = 0; k < kSteps; ++k) steps.push_back(run_step(*scalarizer, sample, k, rng));
  return steps;
}

inline double sum(const Losses& values) { return std::accumulate(values.begin(), values.end(), 0.0); }
inline double size(const Losses& values) {
  double result = 0;
  for (const double v : values) result = std::max(result, std::abs(v));
  return result;
}

/// Up to what Adam makes of rounding: it blows gradients of log losses up by as much as 1e8.
inline bool is_close(const Losses& a, const Losses& b) {
  for (size_t t = 0; t < b.size(); ++t) {
    if (!(std::abs(a[t] - b[t]) <= 1e-8 * size(b))) return false;
  }
  return true;
}

inline Losses permuted(const Losses& values, const std::vector<int64_t>& order) {
  Losses result;
  for (const int64_t t : order) result.push_back(values[t]);
  return result;
}

inline bool is_equivariant(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto order = Rng(9).permutation(sample.num_tasks());
  LossSample other = sample;
  for (auto* rows : {&other.losses, &other.after, &other.achievements}) {
    for (auto& row : *rows) row = permuted(row, order);
  }
  const auto expected = run(entry, sample), actual = run(entry, other);
  for (int64_t k = 0; k < kSteps; ++k) {
    if (!is_close(actual[k].weights, permuted(expected[k].weights, order))) return false;
  }
  return true;
}

inline bool keeps_scale(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto expected = run(entry, sample);
  for (const double scale : {1e-12, 1e-4, 3.0, 1e4, 1e12}) {
    LossSample other = sample;
    for (auto* rows : {&other.losses, &other.after}) {
      for (auto& row : *rows) {
        for (double& loss : row) loss *= scale;
      }
    }
    const auto actual = run(entry, other);
    for (int64_t k = 0; k < kSteps; ++k) {
      if (!is_close(actual[k].weights, expected[k].weights)) return false;
    }
  }
  return true;
}

inline bool is_monotone(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto steps = run(entry, sample);
  return std::all_of(steps.begin(), steps.end(), [](const Scalarization& step) {
    return std::all_of(step.weights.begin(), step.weights.end(), [](double weight) { return weight >= 0; });
  });
}

inline bool has_unit_sum(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto steps = run(entry, sample);
  return std::all_of(steps.begin(), steps.end(), [](const Scalarization& step) {
    return std::abs(sum(step.weights) - 1) <= 1e-12 * static_cast<double>(step.weights.size()) * size(step.weights);
  });
}

/// A scalarizer that can be asked again and again from the same state and the same random numbers.
class Frozen {
 public:
  Frozen(const ScalarizerEntry& entry, const LossSample& sample, int64_t step)
      : scalarizer_(make(entry, sample.num_tasks())), rng_(kSeed), step_(step) {
    for (int64_t k = 0; k < step; ++k) run_step(*scalarizer_, sample, k, rng_);
    for (const auto& [name, tensor] : scalarizer_->state()) state_.emplace_back(name, tensor.clone());
  }

  Scalarization at(const Losses& losses) {
    scalarizer_->load_state(state_);
    return again(losses);
  }
  /// With parameter `index` of tensor `which` moved by `change`.
  Scalarization at(const Losses& losses, size_t which, int64_t index, double change) {
    scalarizer_->load_state(state_);
    scalarizer_->parameters()[which].second.data_ptr<double>()[index] += change;
    return again(losses);
  }
  Scalarizer& scalarizer() { return *scalarizer_; }

 private:
  Scalarization again(const Losses& losses) {
    Rng rng = rng_;
    return (*scalarizer_)(losses, moment_at(step_), rng);
  }

  std::unique_ptr<Scalarizer> scalarizer_;
  Rng rng_;
  int64_t step_;
  NamedTensors state_;
};

/// What rounding can do to a value, which is at most a sum of terms of this size.
inline double rounding(const Scalarization& result, const Losses& losses) {
  double terms = std::abs(result.value);
  for (size_t t = 0; t < losses.size(); ++t) terms += std::abs(result.weights[t] * losses[t]);
  return 1e-14 * static_cast<double>(losses.size()) * std::max(terms, 1.0);
}

inline constexpr int64_t kProbedSteps[] = {0, 5, 11};

inline bool has_derivative(const ScalarizerEntry& entry, const LossSample& sample) {
  for (const int64_t step : kProbedSteps) {
    const Losses& losses = sample.losses[step];
    Frozen frozen(entry, sample, step);
    const Scalarization center = frozen.at(losses);
    for (size_t t = 0; t < losses.size(); ++t) {
      const double h = 1e-4 * losses[t];
      Losses low = losses, high = losses;
      low[t] -= h;
      high[t] += h;
      const double difference = frozen.at(high).value - frozen.at(low).value;
      const double expected = 2 * h * center.weights[t];
      if (!(std::abs(difference - expected) <= 1e-5 * std::abs(expected) + rounding(center, losses))) return false;
    }
  }
  return true;
}

using Holds = bool (*)(const ScalarizerEntry&, const LossSample&);
struct NamedLaw {
  ScalarizerLaw law;
  const char* name;
  Holds holds;
};
inline constexpr NamedLaw kLaws[] = {{kEquivariant, "equivariance", is_equivariant},
                                     {kScaleKeeping, "scale keeping", keeps_scale},
                                     {kMonotone, "monotonicity", is_monotone},
                                     {kUnitSum, "unit sum", has_unit_sum},
                                     {kDerivative, "derivative", has_derivative}};

}  // namespace reconcile::scalarizer_contract
