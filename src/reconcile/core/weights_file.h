#pragma once

#include <filesystem>

#include "reconcile/core/safetensors.h"

namespace reconcile {

/// The tensors of a file of weights: safetensors, or what torch.save writes, now or before PyTorch 1.6. Its first bytes
/// tell which, not its name. DataError if it is none of them, or is damaged.
NamedTensors read_weights(const std::filesystem::path& path);

}  // namespace reconcile
