#pragma once

#include <ATen/ATen.h>

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {

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

inline Aggregated aggregate(Aggregator& aggregator, const at::Tensor& rows, Rng& rng) {
  at::Tensor direction = at::full({rows.size(1)}, 7.0, rows.options());  // must be overwritten
  Aggregation report = aggregator(gradients_of(rows), rng, direction);
  return {std::move(report), direction};
}

}  // namespace reconcile
