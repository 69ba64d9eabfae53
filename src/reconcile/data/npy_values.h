#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>

#include "reconcile/core/task.h"

namespace reconcile {

/// Arrays that have the channels last, as MTAN's archives keep them, in the form that a Column gives. DataError naming
/// `path` if the shape is another; if only height and width are others, it says which `size` to set.

/// [H, W, 3], uint8 or of floating point numbers, as [3, H, W], uint8 or float32.
at::Tensor npy_input(const at::Tensor& stored, const std::vector<int64_t>& size, const std::filesystem::path& path);

/// [H, W] or [H, W, C] as the target of `task` (segmentation, depth or normals). Classes may be of any type, if they
/// are whole but for 0.001; 255 of an unsigned byte is void. Components of normals that rounding took beyond 1, by up
/// to 0.001, become 1.
at::Tensor npy_target(const Task& task, const at::Tensor& stored, const std::vector<int64_t>& size,
                      const std::filesystem::path& path);

}  // namespace reconcile
