#pragma once

#include "reconcile/models/model.h"

namespace reconcile {

namespace model_entries {
#define X(name) ModelEntry name##_entry();
#include "reconcile/models/catalog.inc"
#undef X
}  // namespace model_entries

inline const std::vector<int64_t> kShape{1, 36, 36};

/// Every network of the catalogue.
inline std::vector<std::string> network_names() {
#define X(stem) #stem,
  return {
#include "reconcile/models/catalog.inc"
  };
#undef X
}

/// A network of the catalogue for tasks T1 ... TN with ten classes each, numbered from `first`.
inline std::unique_ptr<MultiTaskModel> make_network(const std::string& name, int64_t num_tasks, int64_t first = 0) {
  ModelContext context{{}, kShape, Rng(3)};
  for (int64_t t = 0; t < num_tasks; ++t) {
    context.tasks.push_back({fmt::format("T{}", first + t + 1), TaskKind::kClassification, 10});
  }
  const auto where = [](const std::string& key) { return key; };
#define X(stem) \
  if (name == #stem) return model_entries::stem##_entry().make(Json::object(), where, context);
#include "reconcile/models/catalog.inc"
#undef X
  return nullptr;
}

}  // namespace reconcile
