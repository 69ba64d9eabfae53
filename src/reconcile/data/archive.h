#pragma once

#include <cstdint>
#include <filesystem>

namespace reconcile {

/// Unpacks an archive (zip, or tar, which may be packed once with gzip, bzip2, xz or zstd) as the new folder `folder`,
/// whose files appear together or not at all. Only plain files and folders inside it are made: DataError, naming
/// archive and entry, for absolute paths, drives, `..`, backslashes, control characters, links, devices, nothing at
/// all, more than `max_bytes` in all, 1100 times the archive's size (and 16 MiB) or five million entries, an archive
/// packed twice or damaged, and if `folder` is there and not empty.
void unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder, uint64_t max_bytes);

}  // namespace reconcile
