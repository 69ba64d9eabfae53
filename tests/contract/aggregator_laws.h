#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "contract/aggregate.h"
#include "contract/matrices.h"
#include "reconcile/catalog/catalog.h"

/// How an aggregator of the catalogue is run on samples, and the laws that its entry may claim.
namespace reconcile::aggregator_contract {

inline constexpr uint64_t kSeed = 5;

using Steps = std::vector<StepInput>;

double tolerance(const at::Tensor& rows) { return rows.scalar_type() == at::kDouble ? 1e-9 : 2e-3; }

double length(const at::Tensor& x) { return x.to(at::kDouble).norm().item<double>(); }

/// Equal relative to their own size.
bool is_close(const at::Tensor& a, const at::Tensor& b, double rtol) { return length(a - b) <= rtol * length(b); }

inline std::unique_ptr<Aggregator> make(const AggregatorEntry& entry) {
  return entry.make(
      Json::object(), [&](const std::string& key) { return entry.info.name + ": " + key; }, make_aggregator);
}

/// The step with every tensor replaced by change(tensor); the other batches as far as the method asks for them.
template <class Change>
StepInput changed(const StepInput& step, const Change& change) {
  StepInput result{change(step.rows), step.losses, {}};
  for (const auto& rows : step.independent) result.independent.push_back(change(rows));
  return result;
}

inline StepInput permuted(const StepInput& step, const std::vector<int64_t>& order) {
  StepInput result = changed(step, [&](const at::Tensor& rows) { return rows.index_select(0, at::tensor(order)); });
  for (size_t t = 0; t < order.size(); ++t) result.losses[t] = step.losses[order[t]];
  return result;
}

inline StepInput scaled(const StepInput& step, double scale) {
  StepInput result = changed(step, [&](const at::Tensor& rows) { return rows * scale; });
  for (double& loss : result.losses) loss *= scale;
  return result;
}

template <class Change>
Steps each(const Steps& steps, const Change& change) {
  Steps result;
  for (const auto& step : steps) result.push_back(change(step));
  return result;
}

inline std::vector<Aggregated> go(Aggregator& aggregator, const Steps& steps, Rng& rng) {
  std::vector<Aggregated> results;
  for (const auto& step : steps) results.push_back(aggregate(aggregator, step, rng));
  return results;
}

inline std::vector<Aggregated> run(const AggregatorEntry& entry, const Steps& steps, uint64_t seed = kSeed) {
  Rng rng(seed);
  return go(*make(entry), steps, rng);
}

Aggregated run_first(const AggregatorEntry& entry, const StepInput& step) { return run(entry, {step}).front(); }

/// Three steps of random rows, as many batches each as the method asks for.
inline Steps random_steps(const AggregatorEntry& entry, int64_t T, int64_t P) {
  Rng rng(1);
  Steps steps;
  for (int i = 0; i < 3; ++i) {
    steps.push_back(step_of(normal_matrix(T, P, rng), rng));
    steps.back().independent.resize(make(entry)->batches_per_step() - 1);
  }
  return steps;
}

inline bool remembers(const AggregatorEntry& entry) {
  const auto aggregator = make(entry);
  Rng rng(kSeed);
  aggregate(*aggregator, random_steps(entry, 3, 6).front(), rng);
  return !aggregator->state().empty();
}

/// What rounding may change in the direction that `result` has for `rows`: a part of the terms it is a sum of.
inline double rounding(const at::Tensor& rows, const Aggregated& result) {
  at::Tensor norms = rows.to(at::kDouble).norm(2, 1);
  if (result.report.weights) norms = norms * at::tensor(*result.report.weights, at::kDouble).abs();
  return 1e-3 * tolerance(rows) * norms.sum().item<double>();
}

/// Whether `other` / scale has the directions of `expected`, at every step.
inline bool agree(const Steps& steps, const std::vector<Aggregated>& expected, const std::vector<Aggregated>& other,
                  double scale) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const at::Tensor& rows = steps[i].rows;
    const double limit = tolerance(rows) * length(expected[i].direction) + rounding(rows, expected[i]);
    if (length(other[i].direction / scale - expected[i].direction) > limit) return false;
  }
  return true;
}

/// Whether the steps times `scale` can be squared and summed in their type.
inline bool can_scale(const Steps& steps, double scale) {
  return std::all_of(steps.begin(), steps.end(), [&](const StepInput& step) {
    if (step.rows.scalar_type() == at::kDouble) return true;
    const at::Tensor norms = step.rows.to(at::kDouble).norm(2, 1) * scale;
    const at::Tensor present = norms.masked_select(norms > 0);
    return present.numel() == 0 || (present.min().item<double>() > 1e-15 && present.max().item<double>() < 1e15);
  });
}

inline bool keeps_permutation(const AggregatorEntry& entry, const Steps& steps) {
  const auto expected = run(entry, steps);
  std::vector<int64_t> reversed(steps[0].rows.size(0));
  std::iota(reversed.rbegin(), reversed.rend(), int64_t{0});
  const std::vector<std::vector<int64_t>> orders = {reversed, Rng(9).permutation(steps[0].rows.size(0))};
  return std::all_of(orders.begin(), orders.end(), [&](const auto& order) {
    return agree(steps, expected, run(entry, each(steps, [&](const StepInput& s) { return permuted(s, order); })), 1);
  });
}

inline bool is_homogeneous(const AggregatorEntry& entry, const Steps& steps) {
  const auto expected = run(entry, steps);
  const std::vector<double> scales = {1e-12, 1e-4, 3.0, 1e4, 1e12};
  return std::all_of(scales.begin(), scales.end(), [&](double scale) {
    if (!can_scale(steps, scale)) return true;
    const auto other = run(entry, each(steps, [&](const StepInput& s) { return scaled(s, scale); }));
    return agree(steps, expected, other, scale);
  });
}

inline bool is_non_conflicting(const AggregatorEntry& entry, const Steps& steps) {
  const auto results = run(entry, steps);
  for (size_t i = 0; i < steps.size(); ++i) {
    const at::Tensor rows = steps[i].rows.to(at::kDouble);
    const at::Tensor d = results[i].direction.to(at::kDouble);
    const double size = tolerance(steps[i].rows) * length(d) + rounding(steps[i].rows, results[i]);
    if ((rows.mv(d) < -size * rows.norm(2, 1)).any().item<bool>()) return false;
  }
  return true;
}

using Holds = bool (*)(const AggregatorEntry&, const Steps&);
struct NamedLaw {
  Law law;
  const char* name;
  Holds holds;
};
inline constexpr NamedLaw kLaws[] = {{kPermutation, "permutation", keeps_permutation},
                                     {kHomogeneous, "homogeneity", is_homogeneous},
                                     {kNonConflict, "non-conflict", is_non_conflicting}};

}  // namespace reconcile::aggregator_contract
