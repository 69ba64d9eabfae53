#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {

/// What one step brings to an aggregator.
struct StepInput {
  at::Tensor rows;                      ///< [T, P]
  std::vector<double> losses;           ///< [T], or none
  std::vector<at::Tensor> independent;  ///< rows of other batches
};

/// Task gradients over `rows` [T, P] with two layers where P allows it.
inline TaskGradients gradients_of(const at::Tensor& rows) {
  const int64_t P = rows.size(1);
  ParamLayout layout;
  layout.add_layer("first");
  layout.add_parameter("first.weight", P - P / 2);
  if (P > 1) {
    layout.add_layer("second");
    layout.add_parameter("second.weight", P / 2);
  }
  return {layout, rows};
}

/// The direction [P] and what the aggregator says of it.
struct Aggregated {
  Aggregation report;
  at::Tensor direction;
};

inline Aggregated aggregate(Aggregator& aggregator, const StepInput& step, Rng& rng) {
  TaskGradients gradients = gradients_of(step.rows);
  gradients.losses = step.losses;
  gradients.independent = step.independent;
  at::Tensor direction = at::full({step.rows.size(1)}, 7.0, step.rows.options());  // must be overwritten
  Aggregation report = aggregator(gradients, rng, direction);
  return {std::move(report), direction};
}

inline Aggregated aggregate(Aggregator& aggregator, const at::Tensor& rows, Rng& rng) {
  return aggregate(aggregator, StepInput{rows, {}, {}}, rng);
}

}  // namespace reconcile
