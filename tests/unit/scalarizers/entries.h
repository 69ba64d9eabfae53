#pragma once

#include <memory>
#include <string>

#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {

#define X(name) ScalarizerEntry name##_entry();
namespace scalarizer_entries {
#include "reconcile/scalarizers/catalog.inc"
}
#undef X

inline std::unique_ptr<Scalarizer> make(const ScalarizerEntry& entry, int64_t num_tasks,
                                        const Json& options = Json::object()) {
  return entry.make(
      options, [&](const std::string& key) { return "scalarizer \"" + entry.info.name + "\": " + key; }, num_tasks);
}

/// One call at `step` of a run with 2 steps an epoch and 6 epochs.
inline Scalarization call(Scalarizer& scalarizer, const std::vector<double>& losses, int64_t step = 0) {
  Rng rng(1);
  return scalarizer(losses, {step, 2, 6}, rng);
}

}  // namespace reconcile
