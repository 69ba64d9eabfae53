#pragma once

#include <filesystem>

namespace reconcile {

/// Keeps everybody else out of a folder, in this program and in others. Children that are started meanwhile hold the
/// lock as well, so it is free only when the last of them has ended, however this program ends: a kill leaves nothing
/// behind.
class FolderLock {
 public:
  /// StateError if the folder is locked; DataError if it cannot be opened.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

}  // namespace reconcile
