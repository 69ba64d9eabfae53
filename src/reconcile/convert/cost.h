#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/convert/plan.h"

namespace reconcile {

/// What a network costs.
struct Cost {
  int64_t parameters = 0;
  double megabytes = 0.0;   ///< parameters as float32, 2^20 bytes; running statistics not counted
  int64_t macs = 0;         ///< multiply-accumulates of one forward pass of one sample, heads included
  int64_t activations = 0;  ///< layer outputs of one sample
  std::optional<std::string>
      fork;  ///< the first layer, as they run, that runs more than once; absent while nothing is split
};

/// Measures the model as it stands, by one traced forward pass of one sample.
Cost measure_cost(MultiTaskModel& model, const std::vector<int64_t>& input_shape);

/// Gives every layer the copies of the plan, all with equal values, and shares the layers that it does not name.
void set_copies(MultiTaskModel& model, const SplitPlan& plan);

/// Measures the network that the plan makes. The model stays split as `set_copies` leaves it.
Cost measure_cost(MultiTaskModel& model, const SplitPlan& plan, const std::vector<int64_t>& input_shape);

Json to_json(const Cost& cost);

}  // namespace reconcile
