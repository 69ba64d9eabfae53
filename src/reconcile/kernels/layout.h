#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace reconcile {

// Position-major maps: [B, C, H, W] as ever, but all samples' channels of one position stand together in memory, in the
// order H, W, B, C. Then the part of a row of positions that one tap of a kernel reads is one matrix, and no product
// multiplies padding: on maps of 2 x 2 a 3 x 3 kernel has 16 products of 36.

/// Whether `x` stands so. A tensor without such dimensions does not.
bool is_position_major(const at::Tensor& x);
/// The same values, position-major; a gradient goes through.
at::Tensor to_position_major(const at::Tensor& x);
/// [H, W, B, C], contiguous where `x` is position-major.
at::Tensor positions(const at::Tensor& x);
/// The inverse of `positions`.
at::Tensor from_positions(const at::Tensor& x);
/// Applies an operation that treats every position alike, e.g. a normalisation by given numbers: the map is given to it
/// with its channels last, as [H, C, W, B]. The result is position-major.
at::Tensor channels_last(const at::Tensor& x, const std::function<at::Tensor(const at::Tensor&)>& operation);
/// Applies an operation that treats every channel alike, e.g. a pooling: position-major maps are given to it as one
/// sample whose channels stand last, all others as they are. `more` are maps of the same batch.
std::vector<at::Tensor> channelwise(
    const at::Tensor& x, const std::vector<at::Tensor>& more,
    const std::function<std::vector<at::Tensor>(const std::vector<at::Tensor>&)>& operation);
at::Tensor channelwise(const at::Tensor& x, const std::function<at::Tensor(const at::Tensor&)>& operation);

}  // namespace reconcile
