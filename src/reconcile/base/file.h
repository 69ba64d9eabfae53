#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace reconcile {

/// The whole file as bytes. DataError with the path and the system's reason if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// The whole file, unpacked if its first bytes say gzip. DataError if it is cut short, damaged, or unpacks to more than
/// `max_bytes`.
std::string read_maybe_gzip(const std::filesystem::path& path, size_t max_bytes);

/// Writes beside `path`, syncs, and renames over it: readers see the old file or the new one, never half of it.
/// WriteError (with the system's reason, such as a full disk) leaves the old file as it was.
void write_atomically(const std::filesystem::path& path, std::string_view bytes);

/// A file that is written piece by piece, beside its path, and appears there whole or not at all.
class AtomicFile {
 public:
  /// WriteError with the system's reason if it cannot be created.
  explicit AtomicFile(std::filesystem::path path);
  /// Removes what was written, unless it was committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Writes at a place, wherever the file ends. WriteError (with the system's reason, such as a full disk).
  void write_at(uint64_t offset, std::string_view bytes);
  /// Syncs and renames. WriteError leaves the old file as it was.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path aside_;
  int descriptor_ = -1;
};

/// Makes the folder and those above it, if they are not there. WriteError with the system's reason.
void make_folder(const std::filesystem::path& folder);

/// Syncs a folder's entries to disk, so that a rename inside it survives a power cut.
void sync_directory(const std::filesystem::path& directory);

/// CRC-32 (zlib) of the bytes, as 8 hex digits; of a longer text, if that of what stands before them is given.
std::string checksum(std::string_view bytes, const std::string& of_bytes_before = "00000000");

/// A file that only grows: each append is one write and reaches the system at once.
class LineLog {
 public:
  /// Opens for appending and cuts the file to its first `keep_bytes` bytes. WriteError if it cannot be opened,
  /// DataError if it is shorter.
  LineLog(std::filesystem::path path, size_t keep_bytes);
  ~LineLog();
  LineLog(const LineLog&) = delete;
  LineLog& operator=(const LineLog&) = delete;

  /// Appends `line` and a newline. WriteError if the disk is full.
  void append(std::string_view line);
  /// Appends the bytes as they are. WriteError if the disk is full.
  void append_bytes(std::string_view bytes);
  /// Waits until what was appended is on the disk. WriteError as above.
  void sync();
  /// Bytes written so far, those before this opening included.
  [[nodiscard]] size_t size() const { return size_; }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  size_t size_ = 0;
};

}  // namespace reconcile
