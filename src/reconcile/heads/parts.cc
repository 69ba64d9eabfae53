#include "reconcile/heads/parts.h"

namespace reconcile {

at::Tensor ConvNormRelu::operator()(const at::Tensor& x) const { return norm->clamped((*conv)(x), clamp); }

ConvNormRelu add_conv_norm_relu(const LayerScope& scope, const std::string& conv, const std::string& norm,
                                const Conv::Shape& shape, const Clamp& clamp) {
  Conv& c = scope.add<Conv>(conv, shape);
  return {&c, &scope.add<BatchNorm>(norm, shape.out), clamp};
}

}  // namespace reconcile
