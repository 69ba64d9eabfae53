#include "reconcile/core/zip.h"

#include <zip.h>

#include <memory>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr zip_uint16_t kDate = 0x21;  // 1980-01-01, the first that there is

struct Release {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

void add(zip_t* archive, const std::string& name, std::string_view bytes) {
  std::unique_ptr<zip_source_t, Release> source(zip_source_buffer(archive, bytes.data(), bytes.size(), 0));
  const zip_int64_t place = zip_file_add(archive, name.c_str(), source.get(), 0);
  if (place < 0) fail<InvalidArgument>("a zip archive cannot hold \"{}\": {}.", name, zip_strerror(archive));
  static_cast<void>(source.release());  // the archive has it
  zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), ZIP_CM_STORE, 0);
  zip_file_set_dostime(archive, static_cast<zip_uint64_t>(place), 0, kDate, 0);
}

/// All bytes of a source that was written.
std::string read_all(zip_source_t* source) {
  zip_stat_t stat;
  std::string bytes;
  if (zip_source_open(source) == 0 && zip_source_stat(source, &stat) == 0) {
    bytes.resize(stat.size);
    if (zip_source_read(source, bytes.data(), stat.size) != static_cast<zip_int64_t>(stat.size)) bytes.clear();
  }
  zip_source_close(source);
  return bytes;
}

}  // namespace

ZipReader::ZipReader(std::string_view bytes, std::filesystem::path path) : bytes_(bytes), path_(std::move(path)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source != nullptr) archive_ = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive_ == nullptr) {
    const std::string reason = zip_error_strerror(&error);
    if (source != nullptr) zip_source_free(source);
    zip_error_fini(&error);
    fail<DataError>("{}: not a whole zip archive: {}. Fetch or save it again.", path_.string(), reason);
  }
  zip_error_fini(&error);
}

ZipReader::~ZipReader() { zip_discard(archive_); }

std::vector<std::string> ZipReader::names() const {
  std::vector<std::string> names;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive_, 0); ++i) {
    const char* name = zip_get_name(archive_, static_cast<zip_uint64_t>(i), 0);
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

size_t ZipReader::size(const std::string& name) const {
  zip_stat_t stat;
  if (zip_stat(archive_, name.c_str(), 0, &stat) != 0) {
    fail<DataError>("{}: its archive has no entry \"{}\". Fetch or save it again.", path_.string(), name);
  }
  if (stat.comp_method != ZIP_CM_STORE || stat.encryption_method != ZIP_EM_NONE) {
    fail<DataError>("{}: entry \"{}\" is packed; torch.save stores its entries. Zip it again with -0.", path_.string(),
                    name);
  }
  if (stat.size > bytes_.size()) {
    fail<DataError>("{}: entry \"{}\" claims {} bytes, the whole file has {}. Fetch or save it again.", path_.string(),
                    name, stat.size, bytes_.size());
  }
  return stat.size;
}

void ZipReader::read(const std::string& name, std::span<char> out) const {
  if (const size_t bytes = size(name); bytes != out.size()) {
    fail<DataError>("{}: entry \"{}\" has {} bytes, its tensors need {}. Fetch or save it again.", path_.string(), name,
                    bytes, out.size());
  }
  const std::unique_ptr<zip_file_t, Release> entry(zip_fopen(archive_, name.c_str(), 0));
  char beyond = 0;  // the checksum is compared when the end is met
  if (entry == nullptr || zip_fread(entry.get(), out.data(), out.size()) != static_cast<zip_int64_t>(out.size()) ||
      zip_fread(entry.get(), &beyond, 1) != 0) {
    fail<DataError>("{}: entry \"{}\" is damaged: {}. Fetch or save it again.", path_.string(), name,
                    entry == nullptr ? zip_strerror(archive_) : zip_file_strerror(entry.get()));
  }
}

std::string ZipReader::read(const std::string& name) const {
  std::string bytes(size(name), '\0');
  read(name, bytes);
  return bytes;
}

std::string make_zip(const std::vector<std::pair<std::string, std::string_view>>& entries) {
  const std::unique_ptr<zip_source_t, Release> target(zip_source_buffer_create(nullptr, 0, 0, nullptr));
  zip_source_keep(target.get());
  std::unique_ptr<zip_t, Release> archive(zip_open_from_source(target.get(), ZIP_TRUNCATE, nullptr));
  for (const auto& [name, bytes] : entries) add(archive.get(), name, bytes);
  if (zip_close(archive.get()) != 0)
    throw std::bad_alloc();  // memory alone can fail: nothing is read, packed or on disk
  static_cast<void>(archive.release());
  return read_all(target.get());
}

}  // namespace reconcile
