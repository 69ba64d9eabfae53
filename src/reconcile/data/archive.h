#pragma once

#include <cstdint>
#include <filesystem>

namespace reconcile {

/// Unpacks an archive (zip, tar, tar.gz and the like) as the new folder `folder`, whose files appear together or not at
/// all. Only plain files and folders inside it are made: DataError, naming archive and entry, for absolute paths, `..`,
/// links, devices, nothing at all, more than `max_bytes` in all or five million entries, a damaged archive, and if
/// `folder` is there and not empty.
void unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder, uint64_t max_bytes);

}  // namespace reconcile
