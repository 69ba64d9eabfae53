#pragma once

#include "reconcile/models/model.h"

namespace reconcile {

/// Several whole backbones that all tasks share; task t reads their sum with weights of its own, one mixture a sample.
class ExpertModel : public MultiTaskModel {
 public:
  Representation represent(const Streams& inputs) override;

 protected:
  /// Declares the experts, called `experts.0`, `experts.1` ..., and the heads.
  ExpertModel(const ModelContext& context, int64_t num_experts);
  /// Weights [B, experts] for an input of task t.
  virtual at::Tensor weigh(int64_t t, const at::Tensor& x) = 0;

 private:
  std::vector<Backbone> experts_;
};

/// Elements of one input.
int64_t input_size(const ModelContext& context);

/// Softmax of a linear gate on the flattened values: [B, ...] -> [B, outputs of the gate].
at::Tensor gate_weights(Layer& gate, const at::Tensor& x);

}  // namespace reconcile
