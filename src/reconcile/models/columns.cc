#include "reconcile/models/columns.h"

#include <ATen/ATen.h>

namespace reconcile {

ColumnModel::ColumnModel(const ModelContext& context) : MultiTaskModel(context) {
  for (const auto& task : tasks()) {
    columns_.push_back(add_backbone(context, shared().in("columns").in(task.name)));
  }
  add_heads(columns_.front(), context);
}

std::vector<std::vector<Layer*>> ColumnModel::add_mixing(const std::string& name, double own, double other) {
  std::vector<std::vector<Layer*>> layers(static_cast<size_t>(num_meetings()));
  for (int64_t stage = 0; stage < num_meetings(); ++stage) {
    for (int64_t t = 0; t < num_tasks(); ++t) {
      const std::function<at::Tensor(Rng)> start = [=, T = num_tasks()](Rng /*rng*/) {
        at::Tensor values = at::full({T}, other);
        values[t] = own;
        return values;
      };
      layers[stage].push_back(
          &shared().in(name).in(std::to_string(stage)).add<Values>(tasks()[t].name, std::string("weight"), start));
    }
  }
  return layers;
}

Representation ColumnModel::represent(const Streams& inputs) {
  std::vector<Flow> flows(columns_.size(), Flow{inputs});
  for (int64_t stage = 0; stage <= num_meetings(); ++stage) {
    std::vector<Streams> given;
    for (size_t t = 0; t < columns_.size(); ++t) {
      columns_[t].run(columns_[t].end_of_stage(stage - 1), columns_[t].end_of_stage(stage), flows[t]);
      given.push_back(flows[t].x);
    }
    if (stage == num_meetings()) break;
    for (size_t t = 0; t < columns_.size(); ++t) flows[t].x = meet(stage, static_cast<int64_t>(t), given);
  }
  for (size_t t = 0; t < flows.size(); ++t) flows[t] = flow_of_task(flows[t], static_cast<int64_t>(t));
  return Representation::of_tasks(flows, inputs);
}

}  // namespace reconcile
