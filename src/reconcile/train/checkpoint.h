#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "reconcile/base/options.h"
#include "reconcile/core/safetensors.h"

namespace reconcile {

/// Everything that a stopped run needs to go on as if it had not stopped.
struct Checkpoint {
  int64_t step = 0;
  Json state;  ///< counters, random streams, history offset, best so far
  NamedTensors model;
  NamedTensors optimizer;
  NamedTensors method;
  bool planned = true;  ///< whether a run that nobody stops takes it as well
};

/// Writes `folder/step-NNNNNNNN` (manifest.json with the CRC-32 of every file, and one safetensors file a part) aside,
/// syncs, renames; then removes all but the newest two and the newest planned one. WriteError (a full disk, say) leaves
/// the older checkpoints alone.
void save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);

/// The newest checkpoint that is whole, or nothing if there is none at all. A damaged one is passed over and `warn` is
/// told; DataError if every one is damaged. With `only_planned`, those that were not planned do not count.
std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& folder,
                                          const std::function<void(const std::string&)>& warn,
                                          bool only_planned = false);

}  // namespace reconcile
