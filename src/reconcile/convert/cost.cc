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

std::vector<CostRow> cost_table(MultiTaskModel& model, const LayerRanking& ranking,
                                const std::vector<int64_t>& input_shape) {
  std::vector<CostRow> table{{"", measure_cost(model, input_shape)}};
  for (const auto& [layer, score] : ranking) {
    model.layer(layer)->split(Partition::separate(model.num_tasks()), CopyInit::kEqual, Rng(0));
    table.push_back({layer, measure_cost(model, input_shape)});
  }
  for (const auto& row : ranking) model.layer(row.layer)->share();
  return table;
}

Json to_json(const Cost& cost) {
  return {{"parameters", cost.parameters},
          {"megabytes", cost.megabytes},
          {"macs", cost.macs},
          {"activations", cost.activations},
          {"fork", cost.fork ? Json(*cost.fork) : Json(nullptr)}};
}

}  // namespace reconcile
