// Reads every file of a corpus with its target: all must be answered by values or one of our errors.
//
//     corpus_fuzz FOLDER      FOLDER/TARGET/FILE are inputs that libFuzzer kept, and findings that were mended
//
// Prints a row a target, and the file that it was at if something else happens.

#include <iostream>

#include "fuzz/targets.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "unit/base/support.h"

namespace reconcile::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

void replay(const Target& target, const fs::path& folder) {
  const test::TemporaryFolder place;
  size_t refused = 0;
  const auto files = files_in(folder);
  for (const auto& file : files) {
    try {
      if (!refusal_of(target, file_of(target, read_file(file)), place / "file").empty()) ++refused;
    } catch (const std::exception& error) {
      fail<StateError>("{}: an exception of another type: {}", file.string(), error.what());
    }
  }
  std::cout << fmt::format("| {:12} | {:>6} | {:>7} |\n", target.name, files.size(), refused) << std::flush;
}

}  // namespace
}  // namespace reconcile::fuzz

int main(int argc, char** argv) {
  using namespace reconcile::fuzz;
  if (argc != 2) {
    std::cerr << "usage: corpus_fuzz FOLDER\n";
    return 2;
  }
  try {
    std::cout << "| reader       |  files | refused |\n|---|---|---|\n";
    for (const auto& folder : files_in(argv[1])) replay(target_named(folder.filename()), folder);
    for (const auto& target : targets()) {
      if (!fs::is_directory(fs::path(argv[1]) / target.name)) {
        reconcile::fail<reconcile::StateError>("{}: no corpus of {}. `script/fuzz` makes one.", argv[1], target.name);
      }
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
