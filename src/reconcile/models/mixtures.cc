#include "reconcile/models/mixtures.h"

#include <ATen/ATen.h>

namespace reconcile {

int64_t input_size(const ModelContext& context) {
  int64_t size = 1;
  for (const int64_t side : context.input_shape) size *= side;
  return size;
}

Streams gate_weights(Layer& gate, const at::Tensor& x) { return Streams::shared(gate(x.flatten(1)).softmax(1), 1); }

}  // namespace reconcile
