#include "reconcile/data/input_file.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "reconcile/files/resize.h"

namespace reconcile {
namespace {

/// [N, C, H, W] or [C, H, W], bytes or floats.
at::Tensor read_array(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  if (is_picture(bytes)) return decode_picture(bytes, path);
  if (is_npy(bytes)) return decode_npy(bytes, path);
  fail<DataError>("{}: neither a NumPy file nor a PNG or JPEG image. Convert it to one of them.", path.string());
}

}  // namespace

at::Tensor read_inputs(const std::filesystem::path& path, const std::vector<int64_t>& input_shape, bool resize) {
  at::Tensor x = read_array(path);
  if (x.scalar_type() != at::kByte && x.scalar_type() != at::kFloat) {
    fail<DataError>("{}: its numbers are {}, must be float32, or uint8 for 0 ... 255.", path.string(),
                    c10::toString(x.scalar_type()));
  }
  const std::vector<int64_t> found = x.sizes().vec();
  if (x.dim() == 3) x = x.unsqueeze(0);
  if (x.dim() == 4 && x.scalar_type() == at::kByte && x.size(1) == 1 && input_shape[0] == 3) {
    x = x.expand({-1, 3, -1, -1});
  }
  if (x.dim() != 4 || x.numel() == 0 || x.size(1) != input_shape[0]) {
    fail<DataError>("{}: its shape is [{}], the network reads [{}] or [N, {}].", path.string(), fmt::join(found, ", "),
                    fmt::join(input_shape, ", "), fmt::join(input_shape, ", "));
  }
  x = x.scalar_type() == at::kByte ? x.to(at::kFloat).div_(255) : x;
  const at::IntArrayRef size(input_shape.data() + 1, 2);
  if (x.sizes().slice(2) == size) return x.contiguous();
  if (!resize) {
    fail<DataError>("{}: {} x {} (height x width), the network reads {} x {}. Resize it, or give --resize.",
                    path.string(), x.size(2), x.size(3), size[0], size[1]);
  }
  return resize_picture(x, size[0], size[1]);
}

}  // namespace reconcile
