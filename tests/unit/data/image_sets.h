#pragma once

#include <ATen/ATen.h>

#include "reconcile/data/image_set.h"

namespace reconcile::test {

/// A part of generated data, which lies in memory.
inline const ImageSet& image_set(const std::shared_ptr<const Dataset>& part) {
  return dynamic_cast<const ImageSet&>(*part);
}

/// The colour of one pixel of a picture [3 x H x W].
inline std::vector<int64_t> pixel(const at::Tensor& picture, int64_t y, int64_t x) {
  const at::Tensor colour = picture.select(1, y).select(1, x).to(at::kLong).contiguous();
  return {colour.data_ptr<int64_t>(), colour.data_ptr<int64_t>() + 3};
}

}  // namespace reconcile::test
