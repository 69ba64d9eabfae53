#include "reconcile/convert/convert.h"

#include "reconcile/base/error.h"

namespace reconcile {

void convert(MultiTaskModel& model, const SplitPlan& plan, CopyInit init, Statistics statistics,
             const std::vector<int64_t>& input_shape, const Rng& rng) {
  for (const auto& [name, groups] : plan.layers) {
    Layer* layer = model.layer(name);
    if (layer == nullptr) fail<StateError>("plan \"{}\": the network has no layer \"{}\".", plan.rule, name);
    layer->split(groups, init, rng.fork(name));
  }
  if (statistics == Statistics::kMixed) return;
  for (const auto& call : model.trace(input_shape)) {
    Layer* layer = model.layer(call.layer->name());
    if (layer != nullptr && layer->has_statistics()) layer->use_stream_statistics(call.streams);
  }
}

}  // namespace reconcile
