#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>

namespace reconcile {

/// The unsigned bytes of an IDX file with `num_dims` (1 to 3) dimensions, packed with gzip or not:
/// uint8 tensor of the sizes in its header. DataError names path and numbers if header, type, sizes
/// and length do not fit together.
at::Tensor read_idx(const std::filesystem::path& path, int64_t num_dims);

}  // namespace reconcile
