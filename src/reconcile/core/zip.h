#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct zip;

namespace reconcile {

/// A zip archive in memory whose entries are stored, not packed: so what is read is never larger than the archive.
class ZipReader {
 public:
  /// `bytes` must outlive the reader; `path` is for messages. DataError if this is no zip archive, or a cut one.
  ZipReader(std::string_view bytes, std::filesystem::path path);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  /// The names of all entries, in the order of the archive.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Bytes of an entry. DataError if it is not there, is packed, or claims more than the archive has.
  [[nodiscard]] size_t size(const std::string& name) const;
  /// Copies a whole entry. DataError also if its size is not that of `out`, or its checksum differs.
  void read(const std::string& name, std::span<char> out) const;
  /// A whole entry.
  [[nodiscard]] std::string read(const std::string& name) const;

 private:
  std::string_view bytes_;
  std::filesystem::path path_;
  ::zip* archive_ = nullptr;
};

/// A zip archive of stored entries (name, bytes), with fixed dates: the same entries give the same bytes.
std::string make_zip(const std::vector<std::pair<std::string, std::string_view>>& entries);

}  // namespace reconcile
