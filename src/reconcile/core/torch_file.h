#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reconcile/core/safetensors.h"

namespace reconcile {

/// Tensors of a file that torch.save wrote since PyTorch 1.6 (a zip archive): a state_dict, or a checkpoint with one
/// inside. Names are as collect_tensors says. DataError naming `path` if the file is damaged, or asks for more than
/// tensors need.
NamedTensors decode_torch_zip(std::string_view bytes, const std::filesystem::path& path);

/// The same for the format before 1.6: four pickles, a list of keys, and the storages.
NamedTensors decode_torch_legacy(std::string_view bytes, const std::filesystem::path& path);

/// A state_dict for torch.load, with weights_only too: an OrderedDict of contiguous tensors on the CPU.
/// InvalidArgument for types that torch_types() has not.
std::string encode_torch(const NamedTensors& tensors);

}  // namespace reconcile
