#pragma once

#include <string>

#include "reconcile/heads/head.h"
#include "reconcile/nn/functional.h"

namespace reconcile {

/// A convolution, its batch norm and an activation.
struct ConvNormRelu {
  Conv* conv;
  BatchNorm* norm;
  Clamp clamp;
  at::Tensor operator()(const at::Tensor& x) const;
};
ConvNormRelu add_conv_norm_relu(const LayerScope& scope, const std::string& conv, const std::string& norm,
                                const Conv::Shape& shape, const Clamp& clamp = kRelu);

}  // namespace reconcile
