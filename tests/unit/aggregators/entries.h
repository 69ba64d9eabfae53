#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "contract/aggregate.h"
#include "reconcile/aggregators/aggregator.h"

namespace reconcile {

#define X(name) AggregatorEntry name##_entry();
namespace aggregator_entries {
#include "reconcile/aggregators/catalog.inc"
}
#undef X

inline std::unique_ptr<Aggregator> make(const AggregatorEntry& entry, const Json& options = Json::object()) {
  return entry.make(
      options, [&](const std::string& key) { return "aggregator \"" + entry.info.name + "\": " + key; }, nullptr);
}

inline at::Tensor matrix(const std::vector<std::vector<double>>& rows) {
  std::vector<at::Tensor> tensors;
  for (const auto& row : rows) tensors.push_back(at::tensor(row, at::kDouble));
  return at::stack(tensors);
}

}  // namespace reconcile
