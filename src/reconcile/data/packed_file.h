#pragma once

#include <filesystem>

#include "reconcile/data/dataset.h"

namespace reconcile {

/// The entry of a packed file's metadata that holds the CRC-32 of its header without that entry.
inline constexpr const char* kHeaderChecksum = "header_crc32";

/// The texts that a packed file carries beside its tensors: what `packed_signature` and `load_packed` need.
Json packed_metadata(const TaskSet& tasks, const Json& source, const Json& checksums);

/// Tasks and input shape, from the header alone. DataError naming `path` if it is no packed file.
DataSignature packed_signature(const std::filesystem::path& path);

/// The data of a file that `pack` wrote, read from disk when they are looked at. With `verify`, everything is read and
/// compared with the checksums. DataError naming `path` if it is no packed file or is damaged.
DataSplits load_packed(const std::filesystem::path& path, bool verify);

}  // namespace reconcile
