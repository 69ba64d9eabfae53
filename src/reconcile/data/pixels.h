#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "reconcile/core/target.h"

namespace reconcile {

/// Copies numbers of any strides into `slot`, contiguous float32 of the same shape. Bytes become 0 ... 1, float32 stays
/// as it is. Images that have the channels last are rearranged on the way.
void copy_pixels(const at::Tensor& stored, const at::Tensor& slot);

/// Copies a target into `slot`, contiguous float32 (from float32) or int64 (from int32 or int64) of the same shape.
/// False if the type is another, or if a number is outside the range or is NaN: then what is in `slot` is of no use.
bool copy_in_range(const at::Tensor& stored, const at::Tensor& slot, const TargetRange& range);

/// The given images of `whole` [N, C, H, W] (uint8 or float32), as `copy_pixels` makes them: float32 [B, C, H, W].
at::Tensor gather_pixels(const at::Tensor& whole, std::span<const int64_t> samples);

}  // namespace reconcile
