#include "reconcile/scalarizers/scalarizer.h"

#include <numeric>

namespace reconcile {

Scalarization weighted_sum(const std::vector<double>& losses, std::vector<double> weights) {
  return {std::inner_product(losses.begin(), losses.end(), weights.begin(), 0.0), std::move(weights)};
}

void Scalarizer::load_state(const NamedTensors& stored) { copy_tensors(stored, state(), "scalarizer"); }

}  // namespace reconcile
