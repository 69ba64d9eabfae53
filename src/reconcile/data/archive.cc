#include "reconcile/data/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <memory>

#include "reconcile/base/error.h"
#include "reconcile/data/write_folder.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kMaxEntries = 5'000'000;
constexpr size_t kBlockBytes = 1 << 18;

/// What an entry is called inside the folder; throws if it would not lie there.
fs::path inner_path(archive_entry* entry, const fs::path& file) {
  const char* raw = archive_entry_pathname(entry);
  const std::string name = raw == nullptr ? "" : raw;
  const fs::path path = fs::path(name).lexically_normal();
  const auto refuse = [&](const char* what) {
    fail<DataError>("{}: the entry \"{}\" {}. Nothing was unpacked; is the archive from a source you trust?",
                    file.string(), name, what);
  };
  if (name.empty() || path.is_absolute() || *path.begin() == "..") refuse("would lie outside the folder");
  const auto type = archive_entry_filetype(entry);
  if (archive_entry_hardlink(entry) != nullptr || type == AE_IFLNK) refuse("is a link");
  if (type != AE_IFREG && type != AE_IFDIR) refuse("is neither a file nor a folder");
  return path;
}

/// Writes the data of the entry at hand and counts it.
void write_entry(struct archive* reader, const fs::path& target, const fs::path& file, uint64_t max_bytes,
                 uint64_t& bytes) {
  std::error_code error;  // what cannot be made cannot be written either
  fs::create_directories(target.parent_path(), error);
  std::ofstream out(target, std::ios::binary);
  std::vector<char> block(kBlockBytes);
  la_ssize_t got = 0;
  while ((got = archive_read_data(reader, block.data(), block.size())) > 0) {
    bytes += static_cast<uint64_t>(got);
    if (bytes > max_bytes) {
      fail<DataError>("{}: unpacks to more than {} bytes, which this data set has not. Nothing was unpacked.",
                      file.string(), max_bytes);
    }
    out.write(block.data(), got);
  }
  if (got < 0) fail<DataError>("{}: damaged: {}. Fetch it again.", file.string(), archive_error_string(reader));
  if (!out.flush()) fail<DataError>("{}: cannot write. Is the disk full?", target.string());
}

void unpack_entries(struct archive* reader, const fs::path& file, const fs::path& folder, uint64_t max_bytes) {
  uint64_t bytes = 0;
  archive_entry* entry = nullptr;
  for (int64_t count = 0;; ++count) {
    const int code = archive_read_next_header(reader, &entry);
    if (code == ARCHIVE_EOF) return;
    if (code < ARCHIVE_WARN || count == kMaxEntries) {
      fail<DataError>("{}: damaged: {}. Fetch it again.", file.string(),
                      count == kMaxEntries ? "too many entries" : archive_error_string(reader));
    }
    const fs::path target = folder / inner_path(entry, file);
    if (archive_entry_filetype(entry) == AE_IFDIR) {
      std::error_code error;
      fs::create_directories(target, error);
      if (error) fail<DataError>("{}: cannot make this folder: {}.", target.string(), error.message());
    } else {
      write_entry(reader, target, file, max_bytes, bytes);
    }
  }
}

}  // namespace

void unpack_archive(const fs::path& file, const fs::path& folder, uint64_t max_bytes) {
  const std::unique_ptr<struct archive, decltype(&archive_read_free)> reader(archive_read_new(), &archive_read_free);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_all(reader.get());
  if (archive_read_open_filename(reader.get(), file.c_str(), kBlockBytes) != ARCHIVE_OK) {
    fail<DataError>("{}: no archive that can be read: {}.", file.string(), archive_error_string(reader.get()));
  }
  write_folder(folder, [&](const fs::path& beside) {
    unpack_entries(reader.get(), file, beside, max_bytes);
    if (fs::is_empty(beside)) fail<DataError>("{}: holds nothing. Fetch it again.", file.string());
  });
}

}  // namespace reconcile
