#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

namespace reconcile {

/// Whether the bytes begin like a PNG file.
bool is_png(const std::string& bytes);

/// The pixels of a PNG file of any kind as uint8 [C, H, W], C = 1 (gray) or 3: palettes are looked up, 16 bits are
/// scaled to 8, transparency is dropped, gamma is left alone. DataError naming `path` if it is damaged or announces
/// more pixels than its length can hold.
at::Tensor decode_png(const std::string& bytes, const std::filesystem::path& path);

}  // namespace reconcile
