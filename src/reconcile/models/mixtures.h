#pragma once

#include "reconcile/models/model.h"

namespace reconcile {

/// Elements of one input.
int64_t input_size(const ModelContext& context);

/// Softmax of a linear gate on the flattened values of one task: [B, ...] -> [B, experts] for `mix`.
Streams gate_weights(Layer& gate, const at::Tensor& x);

}  // namespace reconcile
