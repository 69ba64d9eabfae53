#include "reconcile/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "reconcile/base/error.h"

namespace reconcile::tool {

FolderLock::FolderLock(const std::filesystem::path& folder) : file_(open(folder.c_str(), O_RDONLY | O_DIRECTORY)) {
  if (file_ < 0) fail<DataError>("{}: cannot open the folder: {}.", folder.string(), std::strerror(errno));
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  close(file_);
  fail<StateError>(
      "{}: a sweep is going on in it, or the runs of one that was killed are writing their checkpoints. Wait for it.",
      folder.string());
}

FolderLock::~FolderLock() { close(file_); }

}  // namespace reconcile::tool
