#include "reconcile/base/file.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "reconcile/base/error.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

/// Writes all bytes or throws; `path` is for the message.
void write_all(int descriptor, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      fail<WriteError>("{}: cannot write {} bytes: {}. Free some space and run again.", path.string(), bytes.size(),
                       std::strerror(errno));
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

/// A file descriptor that closes itself.
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

}  // namespace

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path)) {
    fail<DataError>("{}: cannot read: {}.", path.string(),
                    fs::is_directory(path) ? "it is a folder" : std::strerror(errno));
  }
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) fail<DataError>("{}: reading failed after {} bytes.", path.string(), bytes.size());
  return bytes;
}

std::string read_maybe_gzip(const fs::path& path, size_t max_bytes) {
  if (!fs::is_regular_file(path)) fail<DataError>("{}: no such file.", path.string());
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) fail<DataError>("{}: cannot read: {}.", path.string(), std::strerror(errno));
  std::string bytes;
  std::string chunk(1 << 20, '\0');
  int got = 0;
  while ((got = gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
    bytes.append(chunk.data(), static_cast<size_t>(got));
    if (bytes.size() > max_bytes) break;
  }
  int code = Z_OK;
  const std::string reason = gzerror(file, &code);
  const int closed = gzclose(file);
  if (bytes.size() > max_bytes) {
    fail<DataError>("{}: holds more than {} bytes, which no such data set has.", path.string(), max_bytes);
  }
  if (got < 0 || closed == Z_BUF_ERROR || code == Z_BUF_ERROR) {
    fail<DataError>("{}: damaged or cut short after {} unpacked bytes ({}). Fetch it again.", path.string(),
                    bytes.size(), code == Z_OK ? "unexpected end" : reason);
  }
  return bytes;
}

void write_atomically(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write_at(0, bytes);
  file.commit();
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)), aside_(path_.string() + ".partial") {
  descriptor_ = ::open(aside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail<WriteError>("{}: cannot create: {}.", aside_.string(), std::strerror(errno));
}

AtomicFile::~AtomicFile() {
  ::close(descriptor_);
  std::error_code ignored;
  fs::remove(aside_, ignored);  // nothing is there after a commit
}

void AtomicFile::write_at(uint64_t offset, std::string_view bytes) {
  ::lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET);
  write_all(descriptor_, bytes, path_);
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail<WriteError>("{}: cannot sync: {}.", path_.string(), std::strerror(errno));
  std::error_code error;
  fs::rename(aside_, path_, error);
  if (error) fail<WriteError>("{}: cannot put the file there: {}.", path_.string(), error.message());
  sync_directory(path_.parent_path());
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    fail<WriteError>("{}: cannot make the folder: {}. Make the one above it writable, or choose another place.",
                     folder.string(), error.message());
  }
}

void sync_directory(const fs::path& directory) {
  const fs::path here = directory.empty() ? fs::path(".") : directory;
  const Descriptor folder{::open(here.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.value >= 0) ::fsync(folder.value);
}

std::string checksum(std::string_view bytes, const std::string& of_bytes_before) {
  const uLong before = std::stoul(of_bytes_before, nullptr, 16);
  return fmt::format("{:08x}", crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

LineLog::LineLog(fs::path path, size_t keep_bytes) : path_(std::move(path)), size_(keep_bytes) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    fail<WriteError>("{}: cannot open for writing: {}.", path_.string(), std::strerror(errno));
  }
  const off_t end = ::lseek(descriptor_, 0, SEEK_END);
  if (end < static_cast<off_t>(keep_bytes) || ::ftruncate(descriptor_, static_cast<off_t>(keep_bytes)) != 0 ||
      ::lseek(descriptor_, 0, SEEK_END) < 0) {
    ::close(descriptor_);
    fail<DataError>("{}: has {} bytes, the checkpoint was taken at {}: the file was changed.", path_.string(), end,
                    keep_bytes);
  }
}

LineLog::~LineLog() { ::close(descriptor_); }

void LineLog::sync() {
  if (::fsync(descriptor_) != 0) fail<WriteError>("{}: cannot sync: {}.", path_.string(), std::strerror(errno));
}

void LineLog::append(std::string_view line) { append_bytes(std::string(line) + '\n'); }

void LineLog::append_bytes(std::string_view bytes) {
  write_all(descriptor_, bytes, path_);
  size_ += bytes.size();
}

}  // namespace reconcile
