#pragma once

#include <string>

#include "reconcile/heads/head.h"
#include "reconcile/nn/functional.h"

namespace reconcile {

/// A convolution, its batch norm and an activation that ends at `ceiling` (6 for ReLU6).
struct ConvNormRelu {
  Conv* conv;
  BatchNorm* norm;
  double ceiling;
  at::Tensor operator()(const at::Tensor& x) const;
};
ConvNormRelu add_conv_norm_relu(const LayerScope& scope, const std::string& conv, const std::string& norm,
                                const Conv::Shape& shape, double ceiling = 0.0);

}  // namespace reconcile
