#include "reconcile/files/resize.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

void check_size(const at::Tensor& image, int64_t height, int64_t width, bool is_known_form, const char* rule) {
  if (is_known_form && image.numel() > 0 && height > 0 && width > 0) return;
  fail<InvalidArgument>("resize: {} [{}] to {} x {} (height x width); it must be {}, not empty.",
                        c10::toString(image.scalar_type()), fmt::join(image.sizes(), ", "), height, width, rule);
}

/// Which of `from` pixels lies under the centre of each of `to`.
at::Tensor centres(int64_t from, int64_t to) {
  std::vector<int64_t> indices(static_cast<size_t>(to));
  for (int64_t i = 0; i < to; ++i) indices[static_cast<size_t>(i)] = (2 * i + 1) * from / (2 * to);
  return at::tensor(indices);
}

}  // namespace

at::Tensor resize_picture(const at::Tensor& picture, int64_t height, int64_t width) {
  const bool is_bytes = picture.scalar_type() == at::kByte;
  const bool is_known_form =
      (picture.dim() == 3 || picture.dim() == 4) && (is_bytes || picture.scalar_type() == at::kFloat);
  check_size(picture, height, width, is_known_form, "uint8 or float32 [C, H, W] or [N, C, H, W]");
  if (picture.size(-2) == height && picture.size(-1) == width) return picture;
  at::Tensor batch = picture.dim() == 3 ? picture.unsqueeze(0) : picture;
  batch = batch.to(at::kFloat).contiguous();
  at::Tensor resized = at::_upsample_bilinear2d_aa(batch, {height, width}, /*align_corners=*/false);
  if (is_bytes) resized = resized.round_().clamp_(0, 255).to(at::kByte);
  return picture.dim() == 3 ? resized.squeeze(0) : resized;
}

at::Tensor resize_nearest(const at::Tensor& values, int64_t height, int64_t width) {
  check_size(values, height, width, values.dim() >= 2, "of any type [..., H, W]");
  if (values.size(-2) == height && values.size(-1) == width) return values;
  return values.index_select(-2, centres(values.size(-2), height)).index_select(-1, centres(values.size(-1), width));
}

}  // namespace reconcile
