#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "reconcile/base/rng.h"

namespace reconcile::fuzz {

/// A reader under test.
struct Target {
  std::string name;
  std::vector<std::string> seeds;  ///< good inputs
  /// Makes a file of a changed input: renews checksums or packs it, so that the change is seen behind them.
  std::function<std::string(const std::string& bytes, Rng& rng)> wrap;
  /// Reads a file and looks at every value. `path` holds the same bytes; it is written only if `needs_file`.
  std::function<void(const std::string& bytes, const std::filesystem::path& path)> read;
  bool needs_file = false;
};

/// All readers of file formats.
std::vector<Target> targets();

}  // namespace reconcile::fuzz
