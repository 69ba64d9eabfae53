#include "fuzz/targets.h"

#include <fstream>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

namespace reconcile::fuzz {

std::vector<Target> targets() {
  std::vector<Target> all;
  for (const auto group : {&array_targets, &picture_targets, &weight_targets, &archive_targets, &config_targets,
                           &list_targets, &record_targets}) {
    for (auto& target : group()) all.push_back(std::move(target));
  }
  return all;
}

Target target_named(const std::string& name) {
  std::vector<std::string> names;
  for (auto& target : targets()) {
    if (target.name == name) return std::move(target);
    names.push_back(target.name);
  }
  fail<InvalidArgument>("no fuzz target \"{}\".{} There are {}.", name, did_you_mean(name, names),
                        fmt::join(names, ", "));
}

std::string file_of(const Target& target, const std::string& input) {
  Rng rng = Rng(0).fork(input);
  return target.wrap(input, rng);
}

std::string refusal_of(const Target& target, const std::string& file, const std::filesystem::path& path) {
  if (target.needs_file) {
    std::filesystem::remove(path);  // to write over a file makes some file systems wait for the disk
    std::ofstream(path, std::ios::binary) << file;
  }
  try {
    target.read(file, path);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace reconcile::fuzz
