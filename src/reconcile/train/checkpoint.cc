#include "reconcile/train/checkpoint.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/version.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFormat = "reconcile-checkpoint";
constexpr const char* kUnplanned = "-between";
constexpr size_t kKept = 2;

bool is_planned(const fs::path& checkpoint) { return !checkpoint.filename().string().ends_with(kUnplanned); }

/// Names of whole checkpoint folders, newest first.
std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> found;
  if (!fs::is_directory(folder)) return found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("step-") && entry.path().extension() != ".partial") found.push_back(entry.path());
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

NamedTensors read_part(const fs::path& path, const Json& files) {
  const std::string bytes = read_file(path);
  const auto expected = files.at(path.filename().string()).get<std::string>();
  if (checksum(bytes) != expected) {
    fail<DataError>("{}: CRC-32 is {}, the manifest says {}: the file was damaged.", path.string(), checksum(bytes),
                    expected);
  }
  return decode_safetensors(bytes, path);
}

Checkpoint read_checkpoint(const fs::path& folder) {
  const Json manifest = read_json(folder / "manifest.json");
  try {
    if (!manifest.is_object() || manifest.value("format", "") != kFormat) throw std::invalid_argument("no such format");
    const Json& files = manifest.at("files");
    return {manifest.at("step").get<int64_t>(),
            manifest.at("state"),
            read_part(folder / "model.safetensors", files),
            read_part(folder / "optimizer.safetensors", files),
            read_part(folder / "method.safetensors", files),
            is_planned(folder)};
  } catch (const Json::exception& error) {
    fail<DataError>("{}: broken manifest: {}.", (folder / "manifest.json").string(), error.what());
  } catch (const std::invalid_argument&) {
    fail<DataError>("{}: not a {} manifest.", (folder / "manifest.json").string(), kFormat);
  }
}

/// Puts `aside` in the place of `place`, which is there if the run was stopped at this step before.
void put(const fs::path& aside, const fs::path& place) {
  const bool exchanged =
      fs::exists(place) && ::renameat2(AT_FDCWD, aside.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0;
  if (exchanged) {
    fs::remove_all(aside);
  } else {
    fs::remove_all(place);  // some file systems cannot exchange
    fs::rename(aside, place);
  }
}

/// Removes all but the newest two and the newest planned one.
void prune(const fs::path& folder) {
  bool has_planned = false;
  const auto all = checkpoints_in(folder);
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_first_planned = is_planned(all[i]) && !has_planned;
    has_planned = has_planned || is_first_planned;
    if (i >= kKept && !is_first_planned) fs::remove_all(all[i]);
  }
}

void write_checkpoint(const fs::path& folder, const Checkpoint& checkpoint) {
  Json files = Json::object();
  const auto write = [&](const std::string& name, const NamedTensors& tensors) {
    const std::string bytes = encode_safetensors(tensors);
    files[name] = checksum(bytes);
    write_atomically(folder / name, bytes);
  };
  write("model.safetensors", checkpoint.model);
  write("optimizer.safetensors", checkpoint.optimizer);
  write("method.safetensors", checkpoint.method);
  const Json manifest{{"format", kFormat},       {"version", 1},   {"reconcile", kVersion},
                      {"step", checkpoint.step}, {"files", files}, {"state", checkpoint.state}};
  write_json(folder / "manifest.json", manifest);
}

}  // namespace

void save_checkpoint(const fs::path& folder, const Checkpoint& checkpoint) {
  const fs::path place = folder / fmt::format("step-{:08}{}", checkpoint.step, checkpoint.planned ? "" : kUnplanned);
  const fs::path aside = place.string() + ".partial";
  const auto clean_up = [&] {
    std::error_code ignored;
    fs::remove_all(aside, ignored);
  };
  try {
    fs::remove_all(aside);
    make_folder(aside);
    write_checkpoint(aside, checkpoint);
    put(aside, place);
    sync_directory(folder);
    prune(folder);
  } catch (const fs::filesystem_error& error) {
    clean_up();
    fail<WriteError>("{}: cannot remove or rename it: {}. Make the folder writable and go on with --resume.",
                     error.path1().string(), error.code().message());
  } catch (...) {
    clean_up();
    throw;
  }
}

std::optional<Checkpoint> load_checkpoint(const fs::path& folder, const std::function<void(const std::string&)>& warn,
                                          bool only_planned) {
  auto all = checkpoints_in(folder);
  if (only_planned) std::erase_if(all, [](const fs::path& path) { return !is_planned(path); });
  std::string last_problem;
  for (const auto& path : all) {
    try {
      return read_checkpoint(path);
    } catch (const DataError& error) {
      last_problem = error.what();
      warn(fmt::format("{} Trying the checkpoint before it.", last_problem));
    }
  }
  if (all.empty()) return std::nullopt;
  fail<DataError>("{}: none of {} checkpoints is whole; the last one tried: {} Start this run again in another folder.",
                  folder.string(), all.size(), last_problem);
}

}  // namespace reconcile
