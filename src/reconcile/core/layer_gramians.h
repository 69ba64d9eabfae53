#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "reconcile/core/param_layout.h"

namespace reconcile {

/// Gramian of every layer's block of `rows` [T, P]: float64 [L, T, T] on the CPU.
/// One pass over the rows on the CPU; products are summed in the rows' own type inside chunks of 1024 columns and in
/// double across chunks, in a fixed order, so the bits do not depend on the number of threads. Other devices: one
/// product a layer.
at::Tensor compute_layer_gramians(const at::Tensor& rows, const ParamLayout& layout);

/// a b' of `a` and `b` [T, P]: float64 [T, T] on the CPU, in one pass over both, summed as above.
/// InvalidArgument if their shapes or types differ.
at::Tensor compute_cross_gramian(const at::Tensor& a, const at::Tensor& b);

/// out = weights' rows, in one pass; `out` is [P].
void combine_rows(const at::Tensor& rows, const std::vector<double>& weights, at::Tensor& out);

}  // namespace reconcile
