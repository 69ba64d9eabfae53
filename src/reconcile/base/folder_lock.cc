#include "reconcile/base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "reconcile/base/error.h"

namespace reconcile {

FolderLock::FolderLock(const std::filesystem::path& folder) : file_(open(folder.c_str(), O_RDONLY | O_DIRECTORY)) {
  if (file_ < 0) fail<DataError>("{}: cannot open the folder: {}.", folder.string(), std::strerror(errno));
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  close(file_);
  fail<StateError>(
      "{}: another run is at work in it, or one that was told to stop is writing its checkpoint. Wait for it, "
      "or choose another folder.",
      folder.string());
}

FolderLock::~FolderLock() { close(file_); }

}  // namespace reconcile
