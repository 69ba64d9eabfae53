#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace reconcile {

/// Makes `folder` whole or not at all: `fill` writes into a new folder beside it, which takes its name at the end. What
/// a failure leaves is removed. DataError if `folder` is there and not empty, or with the system's reason.
void write_folder(const std::filesystem::path& folder, const std::function<void(const std::filesystem::path&)>& fill);

/// A new file; folders above it are made. DataError with the system's reason (a full disk) if that fails. Nothing is
/// synced: `write_folder` does that once for all.
void write_new_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace reconcile
