#include "reconcile/models/experts.h"

#include <ATen/ATen.h>

namespace reconcile {

ExpertModel::ExpertModel(const ModelContext& context, int64_t num_experts) : MultiTaskModel(context) {
  for (int64_t e = 0; e < num_experts; ++e) {
    experts_.push_back(add_backbone(context, shared().in("experts").in(std::to_string(e))));
  }
  add_heads(experts_.front(), context);
}

Representation ExpertModel::represent(const Streams& inputs) {
  std::vector<Flow> given;
  for (const auto& expert : experts_) given.push_back(expert(inputs));
  std::vector<Flow> mixed;
  for (int64_t t = 0; t < num_tasks(); ++t) {
    std::vector<Flow> of_task;
    for (const auto& flow : given) of_task.push_back(flow_of_task(flow, t));
    mixed.push_back(mix(Streams::shared(weigh(t, inputs.of_task(t)), 1), of_task));
  }
  return Representation::of_tasks(mixed, inputs);
}

int64_t input_size(const ModelContext& context) {
  int64_t size = 1;
  for (const int64_t side : context.input_shape) size *= side;
  return size;
}

at::Tensor gate_weights(Layer& gate, const at::Tensor& x) { return gate(x.flatten(1)).softmax(1); }

}  // namespace reconcile
