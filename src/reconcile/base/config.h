#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// A configuration tree with the place where each value was written, for messages. Later layers win.
class Config {
 public:
  /// Reads a TOML file. DataError with file, line and column if it is not TOML or cannot be read, or if its first line
  /// is that of to_sealed_toml and does not fit the rest.
  static Config from_file(const std::filesystem::path& path);

  /// The config.toml of a run's folder. DataError as from_file, and if it is empty: no run has nothing to say.
  static Config of_run(const std::filesystem::path& directory);

  /// Applies one `a.b=value`; `origin` names it in messages. InvalidArgument if it has no `=`, a part of the path is
  /// a plain value, the path has more than 32 parts, or `parse_value` refuses the value.
  void set(const std::string& assignment, const std::string& origin = "--set");

  /// The table at `key` (an empty one if absent). InvalidArgument if it is there and is no table.
  [[nodiscard]] Json table(const std::string& key) const;

  /// Names keys below the table `prefix` ("" is the root, "a[0]" the first table of a list) with file and line.
  [[nodiscard]] Where where(const std::string& prefix) const;

  [[nodiscard]] const Json& values() const { return values_; }

  /// Where each value that was given stands: "train.epochs" -> "demo.toml:12", or "--set".
  [[nodiscard]] const std::map<std::string, std::string>& origins() const { return origins_; }

 private:
  Json values_ = Json::object();
  std::map<std::string, std::string> origins_;  ///< "train.epochs" -> "demo.toml:12"
};

/// `values` as TOML text that Config::from_file reads back.
std::string to_toml(const Json& values);
/// The same below a line with its CRC-32: for files that nobody is meant to change.
std::string to_sealed_toml(const Json& values);

}  // namespace reconcile
