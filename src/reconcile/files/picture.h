#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace reconcile {

/// Whether the bytes begin like a PNG or JPEG file.
bool is_picture(std::string_view bytes);

/// The pixels of a PNG or JPEG file, told by its bytes, as uint8 [C, H, W], C = 1 (gray) or 3. DataError naming `path`
/// if it is neither, is damaged, or announces more pixels than its length can hold.
at::Tensor read_picture(const std::filesystem::path& path);
/// The same of bytes in memory.
at::Tensor decode_picture(std::string_view bytes, const std::filesystem::path& path);

/// A PNG file whose numbers are labels or measurements, as stored: indices of a palette or gray values of 1 to 16 bits;
/// int32 [H, W]. DataError as above, and for colours.
at::Tensor read_label_picture(const std::filesystem::path& path);
/// The same of bytes in memory.
at::Tensor decode_label_picture(std::string_view bytes, const std::filesystem::path& path);

/// A PNG file: of uint8 [C, H, W], C = 1 or 3, or, 16-bit gray, of int32 [H, W] with 0 ... 65535. InvalidArgument for
/// another type, shape or value.
std::string encode_png(const at::Tensor& picture);

/// A JPEG file of uint8 [C, H, W], C = 1 or 3, colours at half the resolution; `quality` 1 to 100. InvalidArgument for
/// another type, shape or quality.
std::string encode_jpeg(const at::Tensor& picture, int quality);

namespace internal {
bool is_png(std::string_view bytes);
bool is_jpeg(std::string_view bytes);
/// Of any kind: palettes are looked up, 16 bits are scaled to 8, transparency is dropped, gamma is left alone.
at::Tensor decode_png(std::string_view bytes, const std::filesystem::path& path);
at::Tensor decode_jpeg(std::string_view bytes, const std::filesystem::path& path);
/// Refuses what is not uint8 [1 or 3, H, W], and what is empty; `format` is for the message.
void check_writable(const at::Tensor& picture, const char* format);
}  // namespace internal

}  // namespace reconcile
