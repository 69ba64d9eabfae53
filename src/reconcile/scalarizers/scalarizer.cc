#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {

void Scalarizer::load_state(const NamedTensors& stored) { copy_tensors(stored, state(), "scalarizer"); }

}  // namespace reconcile
