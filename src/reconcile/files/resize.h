#pragma once

#include <ATen/core/Tensor.h>

namespace reconcile {

/// A picture [C, H, W] or a batch [N, C, H, W], uint8 or float32, bilinear and averaging where it shrinks, as PIL does.
/// Of the same type; bytes are rounded. As it is if it has that size. InvalidArgument for another type or shape.
at::Tensor resize_picture(const at::Tensor& picture, int64_t height, int64_t width);

/// Labels or depth [..., H, W] of any type: each pixel takes the value under its centre, as PIL does, so that no value
/// is made up. InvalidArgument for fewer than two dimensions and for empty images.
at::Tensor resize_nearest(const at::Tensor& values, int64_t height, int64_t width);

}  // namespace reconcile
