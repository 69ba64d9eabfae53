#pragma once

#include <filesystem>

namespace reconcile::tool {

/// Keeps a second program out of a folder. Children that are started meanwhile hold the lock as well, so it is free
/// only when the last of them has ended, however this program ends.
class FolderLock {
 public:
  /// StateError if another program holds it; DataError if the folder cannot be opened.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

}  // namespace reconcile::tool
