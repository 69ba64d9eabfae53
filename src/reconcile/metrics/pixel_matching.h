#pragma once

#include <ATen/core/Tensor.h>

namespace reconcile {

/// The most pairs that the pixels of `a` and of `b` that are not 0 can form, each pixel in at most one pair and the two
/// of a pair at most `radius` pixels apart: exact (Hopcroft and Karp, 1973). Both are uint8 [H, W] on the CPU.
int64_t count_matches(const at::Tensor& a, const at::Tensor& b, double radius);

}  // namespace reconcile
