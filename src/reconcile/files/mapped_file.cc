#include "reconcile/files/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

[[noreturn]] void cannot_read(const std::filesystem::path& path, int reason) {
  fail<DataError>("{}: cannot read: {}.", path.string(), std::strerror(reason));
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) cannot_read(path, errno);
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0;
  void* begin = MAP_FAILED;
  int reason = known && S_ISDIR(status.st_mode) ? EISDIR : errno;
  if (known && S_ISREG(status.st_mode) && status.st_size > 0) {
    begin = ::mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
                   file, 0);
    reason = errno;
  }
  ::close(file);
  if (known && S_ISREG(status.st_mode) && status.st_size == 0) return;
  if (begin == MAP_FAILED) cannot_read(path, reason);
  bytes_ = {static_cast<const char*>(begin), static_cast<size_t>(status.st_size)};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

std::shared_ptr<const MappedFile> map_file(const std::filesystem::path& path) {
  return std::make_shared<const MappedFile>(path);
}

NamedTensors map_safetensors(const std::filesystem::path& path) {
  const auto file = map_file(path);
  return decode_safetensors(file->bytes(), path, file);
}

}  // namespace reconcile
