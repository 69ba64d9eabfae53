#include "reconcile/heads/parts.h"

#include <ATen/ATen.h>

namespace reconcile {

at::Tensor ConvNormRelu::operator()(const at::Tensor& x) const {
  const at::Tensor y = (*norm)((*conv)(x));
  return ceiling > 0.0 ? at::hardtanh(y, 0, ceiling) : y.relu();
}

ConvNormRelu add_conv_norm_relu(const LayerScope& scope, const std::string& conv, const std::string& norm,
                                const Conv::Shape& shape, double ceiling) {
  Conv& c = scope.add<Conv>(conv, shape);
  return {&c, &scope.add<BatchNorm>(norm, shape.out), ceiling};
}

}  // namespace reconcile
