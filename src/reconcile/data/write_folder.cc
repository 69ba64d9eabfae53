#include "reconcile/data/write_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"

namespace reconcile {
namespace {

namespace fs = std::filesystem;

/// The data of all files to the disk, before the folder that holds them gets its name.
void sync_file_system(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::syncfs(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) fail<DataError>("{}: {}.", folder.string(), std::strerror(reason));
}

fs::path parent_of(const fs::path& folder) {
  const fs::path parent = folder.parent_path();
  return parent.empty() ? "." : parent;
}

/// A new folder beside `folder`.
fs::path make_beside(const fs::path& folder) {
  fs::create_directories(parent_of(folder));
  std::string name = (parent_of(folder) / fmt::format(".{}.XXXXXX", folder.filename().string())).string();
  if (::mkdtemp(name.data()) == nullptr) fail<DataError>("{}: {}.", name, std::strerror(errno));
  return name;
}

}  // namespace

void write_folder(const fs::path& folder, const std::function<void(const fs::path&)>& fill) {
  const fs::path target = folder.has_filename() ? folder : folder.parent_path();
  if (fs::exists(target) && !(fs::is_directory(target) && fs::is_empty(target))) {
    fail<DataError>("{}: is there already and not an empty folder. Give another one, or remove it.", target.string());
  }
  fs::path beside;
  try {
    beside = make_beside(target);
    fill(beside);
    fs::permissions(beside, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                                fs::perms::others_read | fs::perms::others_exec);
    sync_file_system(beside);
    fs::rename(beside, target);
    sync_directory(parent_of(target));
  } catch (const fs::filesystem_error& error) {
    if (!beside.empty()) fs::remove_all(beside);
    fail<DataError>("{}: {}.", target.string(), error.code().message());
  } catch (...) {
    if (!beside.empty()) fs::remove_all(beside);
    throw;
  }
}

void write_new_file(const fs::path& path, std::string_view bytes) {
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) fail<DataError>("{}: {}.", path.string(), std::strerror(errno));
}

}  // namespace reconcile
