#include "reconcile/files/picture.h"

#include <ATen/core/Tensor.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"

namespace reconcile {

bool is_picture(std::string_view bytes) { return internal::is_png(bytes) || internal::is_jpeg(bytes); }

at::Tensor decode_picture(std::string_view bytes, const std::filesystem::path& path) {
  if (internal::is_png(bytes)) return internal::decode_png(bytes, path);
  if (internal::is_jpeg(bytes)) return internal::decode_jpeg(bytes, path);
  fail<DataError>("{}: neither a PNG nor a JPEG file. Convert it to one of them.", path.string());
}

at::Tensor read_picture(const std::filesystem::path& path) { return decode_picture(read_file(path), path); }

at::Tensor read_label_picture(const std::filesystem::path& path) { return decode_label_picture(read_file(path), path); }

void internal::check_writable(const at::Tensor& picture, const char* format) {
  const bool fits = picture.scalar_type() == at::kByte && picture.dim() == 3 && picture.numel() > 0 &&
                    (picture.size(0) == 1 || picture.size(0) == 3);
  if (fits) return;
  fail<InvalidArgument>("{}: no way to write {} [{}], a picture is uint8 [1 or 3, height, width].", format,
                        c10::toString(picture.scalar_type()), fmt::join(picture.sizes(), ", "));
}

}  // namespace reconcile
