// libFuzzer on one target: RECONCILE_FUZZ_TARGET=png build-fuzz/tests/fuzz/fuzzer -max_total_time=60 CORPUS
//
// The target's seeds are written into the folder RECONCILE_FUZZ_SEEDS first, if that is set. script/fuzz runs all.

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "fuzz/targets.h"
#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile::fuzz {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

const Target& target() {
  static const Target chosen = target_named(environment("RECONCILE_FUZZ_TARGET"));
  return chosen;
}

void write_seeds(const std::filesystem::path& folder) {
  int64_t count = 0;
  for (const auto& seeds : {target().seeds, target().hostile}) {
    for (const auto& seed : seeds) std::ofstream(folder / fmt::format("seed-{}", count++), std::ios::binary) << seed;
  }
}

}  // namespace
}  // namespace reconcile::fuzz

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  using namespace reconcile::fuzz;
  try {
    const std::string folder = environment("RECONCILE_FUZZ_SEEDS");
    if (!folder.empty()) write_seeds(folder);
    (void)target();
  } catch (const reconcile::Error& error) {
    std::cerr << error.what() << "\n";
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const reconcile::test::TemporaryFolder folder;
  const auto& target = reconcile::fuzz::target();
  const std::string input(reinterpret_cast<const char*>(data), size);
  (void)reconcile::fuzz::refusal_of(target, reconcile::fuzz::file_of(target, input), folder / "file");
  return 0;
}
