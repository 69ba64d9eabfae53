#pragma once

#include <string>
#include <vector>

#include "reconcile/models/model.h"

namespace reconcile {

/// A split layer of a network.
struct Fork {
  std::string layer;
  Partition copies;     ///< who uses which copy
  int64_t streams = 0;  ///< how often the layer runs
  /// Whether its groups cross those of the split layers before it: neither refines the other, so that the number of
  /// streams multiplies.
  bool crosses = false;
};

/// The split layers of a model, in the order in which they run.
std::vector<Fork> find_forks(MultiTaskModel& model, const std::vector<int64_t>& input_shape);

}  // namespace reconcile
