#include "reconcile/train/checkpoint.h"

#include <algorithm>
#include <vector>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/version.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFormat = "reconcile-checkpoint";
constexpr size_t kKept = 2;

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
  const Json manifest = Json::parse(read_file(folder / "manifest.json"), nullptr, false);
  try {
    if (!manifest.is_object() || manifest.at("format") != kFormat) throw std::invalid_argument("no such format");
    const Json& files = manifest.at("files");
    return {manifest.at("step").get<int64_t>(), manifest.at("state"), read_part(folder / "model.safetensors", files),
            read_part(folder / "optimizer.safetensors", files), read_part(folder / "method.safetensors", files)};
  } catch (const Json::exception& error) {
    fail<DataError>("{}: broken manifest: {}.", (folder / "manifest.json").string(), error.what());
  } catch (const std::invalid_argument&) {
    fail<DataError>("{}: not a {} manifest.", (folder / "manifest.json").string(), kFormat);
  }
}

}  // namespace

void save_checkpoint(const fs::path& folder, const Checkpoint& checkpoint) {
  const fs::path place = folder / fmt::format("step-{:08}", checkpoint.step);
  const fs::path aside = place.string() + ".partial";
  fs::remove_all(aside);
  fs::create_directories(aside);
  try {
    Json files = Json::object();
    const auto write = [&](const std::string& name, const NamedTensors& tensors) {
      const std::string bytes = encode_safetensors(tensors);
      files[name] = checksum(bytes);
      write_atomically(aside / name, bytes);
    };
    write("model.safetensors", checkpoint.model);
    write("optimizer.safetensors", checkpoint.optimizer);
    write("method.safetensors", checkpoint.method);
    const Json manifest{{"format", kFormat},       {"version", 1},   {"reconcile", kVersion},
                        {"step", checkpoint.step}, {"files", files}, {"state", checkpoint.state}};
    write_atomically(aside / "manifest.json", manifest.dump(1));
    fs::remove_all(place);
    fs::rename(aside, place);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(aside, ignored);
    throw;
  }
  sync_directory(folder);
  const auto all = checkpoints_in(folder);
  for (size_t i = kKept; i < all.size(); ++i) fs::remove_all(all[i]);
}

std::optional<Checkpoint> load_checkpoint(const fs::path& folder, const std::function<void(const std::string&)>& warn) {
  const auto all = checkpoints_in(folder);
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
