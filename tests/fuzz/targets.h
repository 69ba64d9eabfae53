#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "reconcile/base/rng.h"

namespace reconcile::fuzz {

/// A reader under test.
struct Target {
  std::string name;                ///< also that of its folder in tests/fuzz/corpus
  std::vector<std::string> seeds;  ///< good inputs
  /// Makes a file of a changed input: renews checksums or packs it, so that the change is seen behind them.
  std::function<std::string(const std::string& bytes, Rng& rng)> wrap;
  /// Reads a file and looks at every value. `path` holds the same bytes; it is written only if `needs_file`. What else
  /// the reader needs is put beside it.
  std::function<void(const std::string& bytes, const std::filesystem::path& path)> read;
  bool needs_file = false;
  std::vector<std::string> hostile = {};  ///< more inputs to start from, which are refused
};

/// All readers of what comes from outside: every engine takes its targets from here.
std::vector<Target> targets();

/// The target of that name. InvalidArgument names the nearest one.
Target target_named(const std::string& name);

/// Reads a file, wrapped already, as `target` does, at `path`: "" if it is taken, else the message with which it was
/// The file that `target` makes of an input: the same each time.
std::string file_of(const Target& target, const std::string& input);

/// Reads a file at `path`: "" if it is taken, else the message with which it is refused. Whatever is thrown but an
/// Error passes through: it is a finding.
std::string refusal_of(const Target& target, const std::string& file, const std::filesystem::path& path);

// The targets by what they read.
std::vector<Target> array_targets();
std::vector<Target> picture_targets();
std::vector<Target> weight_targets();
std::vector<Target> archive_targets();
std::vector<Target> config_targets();
std::vector<Target> list_targets();
std::vector<Target> record_targets();

}  // namespace reconcile::fuzz
