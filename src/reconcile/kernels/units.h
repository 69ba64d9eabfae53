#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace reconcile {

/// Part of a row of positions: what one thread computes at a time.
struct Stretch {
  int64_t row, begin, end;
};

/// Cuts `height` rows of `width` positions with `samples` values each into stretches: enough for all threads, but not
/// so short that their products are thin.
std::vector<Stretch> stretches_of(int64_t height, int64_t width, int64_t samples);

/// Calls work(stretch) for all of them, in parallel.
void for_each_stretch(const std::vector<Stretch>& stretches, const std::function<void(const Stretch&)>& work);

/// Writes `values` [width], or zeros where they are undefined, to each of `count` rows.
void fill_rows(float* rows, int64_t count, int64_t width, const at::Tensor& values);

}  // namespace reconcile
