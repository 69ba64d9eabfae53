#pragma once

#include <string>

#include "reconcile/backbones/backbone.h"

namespace reconcile {

/// A convolution and its batch norm, clamped.
struct ConvNorm {
  Conv* conv;
  BatchNorm* norm;
  Streams operator()(const Streams& x, const Clamp& clamp = {}) const { return norm->clamped((*conv)(x), clamp); }
  /// The same after adding `beside`.
  Streams operator()(const Streams& x, const Streams& beside, const Clamp& clamp) const {
    return norm->clamped((*conv)(x), beside, clamp);
  }
};
/// Declares both under the given names.
ConvNorm add_conv_norm(const LayerScope& scope, const std::string& conv, const std::string& norm,
                       const Conv::Shape& shape);

/// Shape of a residual block. `width` below `out` makes it a bottleneck (1x1, 3x3, 1x1), else it has two 3x3.
struct ResidualShape {
  int64_t in, width, out;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t first_dilation = 1;  ///< of the 3x3 that has the stride
};

/// The convolutions of a residual block in order, and the projection of its input where shapes differ.
struct ResidualBlock {
  std::vector<ConvNorm> body;
  std::optional<ConvNorm> downsample;
  Streams operator()(const Streams& x) const;
};
/// Declares conv1, bn1, ... and downsample.0, downsample.1, as torchvision.
ResidualBlock add_residual_block(const LayerScope& scope, const ResidualShape& shape);

/// Height or width behind a convolution or pooling.
constexpr int64_t size_after(int64_t size, int64_t kernel, int64_t stride, int64_t padding) {
  return (size + 2 * padding - kernel) / stride + 1;
}

/// The last unit of an image classifier: the map is averaged, or flattened if `flatten`; then, if `features` > 0, a
/// shared linear layer `fc` with so many outputs, and ReLU. With neither, the map stays a map and no unit is added.
/// `height` and `width` are those of the map.
void add_neck(Backbone& backbone, const LayerScope& scope, int64_t features, bool flatten, int64_t height,
              int64_t width);

}  // namespace reconcile
