#include "reconcile/convert/cost.h"

namespace reconcile {

Cost measure_cost(MultiTaskModel& model, const std::vector<int64_t>& input_shape) {
  Cost cost;
  cost.parameters = model.num_parameters();
  cost.megabytes = static_cast<double>(cost.parameters) * 4.0 / (1 << 20);
  for (const auto& call : model.trace(input_shape)) {
    cost.macs += call.macs;
    cost.activations += call.activations;
    if (!cost.fork && !call.streams.is_shared()) cost.fork = call.layer->name();
  }
  return cost;
}

void set_copies(MultiTaskModel& model, const SplitPlan& plan) {
  for (const auto& layer : model.layers()) {
    const Partition wanted = plan.partition(layer->name(), model.num_tasks());
    if (layer->copies() == wanted) continue;
    layer->share();
    if (!wanted.is_shared()) layer->split(wanted, CopyInit::kEqual, Rng(0));
  }
}

Cost measure_cost(MultiTaskModel& model, const SplitPlan& plan, const std::vector<int64_t>& input_shape) {
  set_copies(model, plan);
  return measure_cost(model, input_shape);
}

Json to_json(const Cost& cost) {
  return {{"parameters", cost.parameters},
          {"megabytes", cost.megabytes},
          {"macs", cost.macs},
          {"activations", cost.activations},
          {"fork", cost.fork ? Json(*cost.fork) : Json(nullptr)}};
}

}  // namespace reconcile
