#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <vector>

namespace reconcile {

/// What a network reads from a file, [N, C, H, W] float32: a NumPy array [N, C, H, W] or [C, H, W] (float32 as it is,
/// uint8 divided by 255), or a PNG or JPEG image (divided by 255; a gray one is repeated for three channels).
/// `input_shape` is [C, H, W]; another height or width is an error, or resized bilinearly (averaging where it shrinks)
/// if `resize` says so. DataError naming `path` and the numbers.
at::Tensor read_inputs(const std::filesystem::path& path, const std::vector<int64_t>& input_shape, bool resize);

}  // namespace reconcile
