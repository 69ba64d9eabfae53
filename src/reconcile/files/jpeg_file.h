#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

namespace reconcile {

/// Whether the bytes begin like a JPEG file.
bool is_jpeg(const std::string& bytes);

/// The pixels of a JPEG file as uint8 [C, H, W], C = 1 (gray) or 3. DataError naming `path` if it is damaged, cut
/// short, CMYK, or has more than 2^28 pixels.
at::Tensor decode_jpeg(const std::string& bytes, const std::filesystem::path& path);

}  // namespace reconcile
