#include "reconcile/run_folder.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"

namespace reconcile::tool {
namespace fs = std::filesystem;
namespace {

/// Folders at most two levels below `folder` that hold a finished run.
std::vector<std::string> runs_below(const fs::path& folder) {
  std::vector<std::string> runs;
  if (!fs::is_directory(folder)) return runs;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry.depth() >= 2) entry.disable_recursion_pending();
    if (entry->path().filename() == "model.safetensors") runs.push_back(entry->path().parent_path().string());
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

}  // namespace

void RunArguments::add_to(CLI::App& verb) {
  verb.add_option("run", folder, "folder of a finished run, e.g. runs/demo/base-sum/seed-0")->required();
  verb.add_option("--weights", weights, "of the last epoch, or of the best on the validation split")
      ->check(CLI::IsMember({"last", "best"}))
      ->capture_default_str();
}

RestoredModel RunArguments::restore() const {
  const std::string file = weights == "last" ? "model" : "best";
  if (fs::exists(fs::path(folder) / "model.safetensors")) return restore_model(folder, file);
  const std::vector<std::string> runs = runs_below(folder);
  if (runs.size() > 1) {
    fail<InvalidArgument>("{}: holds {} runs, name one of them: {}.", folder, runs.size(), fmt::join(runs, ", "));
  }
  return restore_model(runs.empty() ? folder : runs.front(), file);
}

}  // namespace reconcile::tool
