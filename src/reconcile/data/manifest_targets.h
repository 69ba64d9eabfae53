#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/data/manifest.h"

namespace reconcile {

/// A picture or an array of a manifest as [C, H, W], uint8 or float32: PNG, JPEG or NumPy by its bytes; arrays [H, W],
/// [C, H, W], or [H, W, C] with C = 1 or 3. `size` [height, width] resizes it (averaging where it shrinks), unless it
/// is empty. DataError if it is none of these.
at::Tensor read_manifest_image(const std::filesystem::path& path, const std::vector<int64_t>& size);

/// The target of one sample of a dense task, in the form of core/target.h, from a PNG or NumPy file; resized to the
/// nearest pixel. DataError if the file is none of these, or has numbers that the kind has no meaning for.
at::Tensor read_dense_target(const std::filesystem::path& path, const ManifestTask& task,
                             const std::vector<int64_t>& size);

}  // namespace reconcile
