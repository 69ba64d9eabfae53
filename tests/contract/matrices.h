#pragma once

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "contract/aggregate.h"
#include "reconcile/base/rng.h"

namespace reconcile {

/// Task gradients that aggregators must cope with.
struct Sample {
  std::string name;
  at::Tensor rows;  ///< float64 [T, P]
};

/// Standard normal [T, P].
inline at::Tensor normal_matrix(int64_t T, int64_t P, Rng& rng) {
  at::Tensor matrix = at::empty({T, P}, at::kDouble);
  double* values = matrix.data_ptr<double>();
  for (int64_t i = 0; i < T * P; ++i) values[i] = rng.normal();
  return matrix;
}

/// Random rows of the given rank.
inline Sample random_sample(int64_t T, int64_t P, int64_t rank, Rng& rng) {
  return {"random " + std::to_string(T) + "x" + std::to_string(P) + " rank " + std::to_string(rank),
          normal_matrix(T, rank, rng).mm(normal_matrix(rank, P, rng))};
}

/// Rows whose combination with random weights, positive for the first `num_active` tasks and zero for the others, is
/// zero: no direction lowers all of the active tasks.
inline Sample stationary_sample(int64_t T, int64_t P, int64_t num_active, Rng& rng) {
  at::Tensor rows = normal_matrix(T, P, rng);
  at::Tensor weights = normal_matrix(num_active, 1, rng).abs() + 0.1;
  const at::Tensor others = (weights * rows.narrow(0, 0, num_active)).narrow(0, 1, num_active - 1).sum(0);
  rows[0].copy_(-others / weights[0]);
  return {
      (num_active == T ? "strongly stationary " : "weakly stationary ") + std::to_string(T) + "x" + std::to_string(P),
      rows};
}

/// Row t times 10^(decades * t / (T - 1) - decades / 2).
inline Sample spread_sample(int64_t T, int64_t P, double decades, Rng& rng) {
  const at::Tensor exponents = at::linspace(-decades / 2, decades / 2, T, at::kDouble);
  return {"norms over " + std::to_string(static_cast<int>(decades)) + " decades, " + std::to_string(T) + " tasks",
          normal_matrix(T, P, rng) * at::pow(10.0, exponents).unsqueeze(1)};
}

inline std::vector<Sample> matrices() {
  Rng rng(20);
  std::vector<Sample> list;
  const auto add = [&](const std::string& name, const at::Tensor& rows) { list.push_back({name, rows}); };
  for (const auto& [T, P, rank] : std::vector<std::array<int64_t, 3>>{{1, 1, 1},
                                                                      {1, 12, 1},
                                                                      {2, 1, 1},
                                                                      {2, 9, 2},
                                                                      {4, 3, 1},
                                                                      {4, 3, 2},
                                                                      {4, 3, 3},
                                                                      {9, 11, 5},
                                                                      {9, 11, 9},
                                                                      {20, 6, 6},
                                                                      {40, 6, 6},
                                                                      {40, 50, 40},
                                                                      {3, 5000, 3}}) {
    list.push_back(random_sample(T, P, rank, rng));
  }
  for (const int64_t P : {19, 100}) {
    list.push_back(stationary_sample(20, P, 20, rng));
    list.push_back(stationary_sample(20, P, 5, rng));
  }
  list.push_back(spread_sample(2, 20, 24, rng));
  list.push_back(spread_sample(3, 8, 24, rng));
  list.push_back(spread_sample(7, 20, 24, rng));
  list.push_back(spread_sample(11, 20, 4, rng));
  list.push_back(spread_sample(40, 50, 24, rng));
  const at::Tensor base = normal_matrix(5, 8, rng);
  add("duplicate rows", at::cat({base, base.narrow(0, 0, 3)}));
  add("duplicate direction", at::cat({base, 3 * base.narrow(0, 1, 2)}));
  add("opposed pair", at::cat({base, -base.narrow(0, 0, 1)}));
  add("one zero row", at::cat({base, at::zeros({1, 8}, at::kDouble)}));
  add("all zero", at::zeros({4, 3}, at::kDouble));
  add("one zero task", at::zeros({1, 3}, at::kDouble));
  return list;
}

/// Rows plus noise of `size` times their own lengths; zero rows stay zero.
inline at::Tensor disturbed(const at::Tensor& rows, double size, Rng& rng) {
  const at::Tensor lengths = rows.norm(2, 1, /*keepdim=*/true) / std::sqrt(static_cast<double>(rows.size(1)));
  return rows + size * lengths * normal_matrix(rows.size(0), rows.size(1), rng);
}

/// A step over `rows` with positive, distinct losses and two other batches.
inline StepInput step_of(const at::Tensor& rows, Rng& rng) {
  StepInput step{rows, {}, {disturbed(rows, 0.1, rng), disturbed(rows, 0.1, rng)}};
  for (int64_t t = 0; t < rows.size(0); ++t) step.losses.push_back(rng.uniform(0.5, 2));
  return step;
}

/// The matrices as the first of three steps, whose rows change and keep their lengths roughly.
inline const std::vector<std::pair<std::string, std::vector<StepInput>>>& samples() {
  static const auto list = [] {
    Rng rng(21);
    std::vector<std::pair<std::string, std::vector<StepInput>>> result;
    for (const auto& [name, rows] : matrices()) {
      result.emplace_back(name, std::vector<StepInput>{step_of(rows, rng), step_of(disturbed(rows, 1, rng), rng),
                                                       step_of(disturbed(rows, 1, rng), rng)});
    }
    return result;
  }();
  return list;
}

}  // namespace reconcile
