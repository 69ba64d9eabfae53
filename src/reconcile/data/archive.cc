#include "reconcile/data/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/paths.h"
#include "reconcile/data/write_folder.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kMaxEntries = 5'000'000;
constexpr size_t kBlockBytes = 1 << 18;
constexpr uint64_t kMaxRatio = 1100;           // unpacked to packed; deflate cannot do better than 1032
constexpr uint64_t kFree = uint64_t{1} << 24;  // bytes that need no such ratio

/// What went wrong, if libarchive says so.
const char* reason(struct archive* reader) {
  const char* text = archive_error_string(reader);
  return text == nullptr ? "no reason is given" : text;
}

/// What an entry is called inside the folder; throws if it would not lie there.
fs::path inner_path(archive_entry* entry, const fs::path& file) {
  const char* raw = archive_entry_pathname(entry);
  const std::string name = raw == nullptr ? "" : raw;
  const auto is_odd = [](unsigned char c) { return c == '\\' || c < ' ' || c == 0x7F; };
  const bool has_drive = name.size() > 1 && name[1] == ':' && std::isalpha(static_cast<unsigned char>(name[0])) != 0;
  const auto refuse = [&](const char* what) {
    fail<DataError>("{}: the entry \"{}\" {}. Nothing was unpacked; is the archive from a source you trust?",
                    file.string(), name, what);
  };
  if (!stays_inside(name) || has_drive) refuse("would lie outside the folder");
  if (std::any_of(name.begin(), name.end(), is_odd)) refuse("has a backslash or a control character in its name");
  const auto type = archive_entry_filetype(entry);
  if (archive_entry_hardlink(entry) != nullptr || type == AE_IFLNK) refuse("is a link");
  if (type != AE_IFREG && type != AE_IFDIR) refuse("is neither a file nor a folder");
  return fs::path(name).lexically_normal();
}

/// How much an archive may unpack to.
struct Budget {
  uint64_t most;   ///< that the caller allows
  uint64_t ratio;  ///< that an honest archive of its size can hold
  uint64_t bytes = 0;

  void spend(uint64_t more, const fs::path& file) {
    bytes += more;
    if (bytes > most) {
      fail<DataError>("{}: unpacks to more than {} bytes, which this data set has not. Nothing was unpacked.",
                      file.string(), most);
    }
    if (bytes > ratio) {
      fail<DataError>("{}: unpacks to more than {} times its size, as no data set does. Nothing was unpacked.",
                      file.string(), kMaxRatio);
    }
  }
};

/// Writes the data of the entry at hand.
void write_entry(struct archive* reader, const fs::path& target, const fs::path& file, Budget& budget) {
  make_folder(target.parent_path());
  std::ofstream out(target, std::ios::binary);
  const auto check = [&] {
    if (!out) fail<WriteError>("{}: cannot write: {}.", target.string(), std::strerror(errno));
  };
  check();
  std::vector<char> block(kBlockBytes);
  la_ssize_t got = 0;
  while ((got = archive_read_data(reader, block.data(), block.size())) > 0) {
    budget.spend(static_cast<uint64_t>(got), file);
    out.write(block.data(), got);
    check();
  }
  if (got < 0) fail<DataError>("{}: damaged: {}. Fetch it again.", file.string(), reason(reader));
  out.flush();
  check();
}

/// Tar and zip, packed with gzip, bzip2, xz or zstd. Other formats of libarchive can name files outside of the archive
/// (mtree), other packers are programs that it would start.
std::unique_ptr<struct archive, decltype(&archive_read_free)> open_archive(const fs::path& file) {
  std::unique_ptr<struct archive, decltype(&archive_read_free)> reader(archive_read_new(), &archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_filename(reader.get(), file.c_str(), kBlockBytes) != ARCHIVE_OK) {
    fail<DataError>("{}: no archive that can be read (tar or zip): {}.", file.string(), reason(reader.get()));
  }
  return reader;
}

void unpack_entries(struct archive* reader, const fs::path& file, const fs::path& folder, Budget budget) {
  archive_entry* entry = nullptr;
  for (int64_t count = 0;; ++count) {
    const int code = archive_read_next_header(reader, &entry);
    if (code == ARCHIVE_EOF) return;
    if (code < ARCHIVE_WARN || count == kMaxEntries) {
      fail<DataError>("{}: damaged: {}. Fetch it again.", file.string(),
                      count == kMaxEntries ? "too many entries" : reason(reader));
    }
    if (archive_filter_count(reader) > 2) {  // the last one is the file itself
      fail<DataError>("{}: is packed twice. Unpack it once by hand.", file.string());
    }
    const fs::path target = folder / inner_path(entry, file);
    if (archive_entry_filetype(entry) == AE_IFDIR) {
      make_folder(target);
    } else {
      write_entry(reader, target, file, budget);
    }
  }
}

}  // namespace

void unpack_archive(const fs::path& file, const fs::path& folder, uint64_t max_bytes) {
  const auto reader = open_archive(file);
  const Budget budget{max_bytes, kFree + kMaxRatio * fs::file_size(file)};
  write_folder(folder, [&](const fs::path& beside) {
    unpack_entries(reader.get(), file, beside, budget);
    if (fs::is_empty(beside)) fail<DataError>("{}: holds nothing. Fetch it again.", file.string());
  });
}

}  // namespace reconcile
