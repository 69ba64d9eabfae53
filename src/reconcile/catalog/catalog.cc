#include "reconcile/catalog/catalog.h"

namespace reconcile {

#define X(name) AggregatorEntry name##_entry();
namespace aggregator_entries {
#include "reconcile/aggregators/catalog.inc"
}
#undef X
#define X(name) ModelEntry name##_entry();
namespace model_entries {
#include "reconcile/models/catalog.inc"
}
#undef X
#define X(name) DatasetEntry name##_entry();
namespace dataset_entries {
#include "reconcile/data/catalog.inc"
}
#undef X

const std::vector<AggregatorEntry>& aggregators() {
#define X(name) aggregator_entries::name##_entry(),
  static const std::vector<AggregatorEntry> entries = {
#include "reconcile/aggregators/catalog.inc"
  };
#undef X
  return entries;
}

const std::vector<ModelEntry>& models() {
#define X(name) model_entries::name##_entry(),
  static const std::vector<ModelEntry> entries = {
#include "reconcile/models/catalog.inc"
  };
#undef X
  return entries;
}

const std::vector<DatasetEntry>& datasets() {
#define X(name) dataset_entries::name##_entry(),
  static const std::vector<DatasetEntry> entries = {
#include "reconcile/data/catalog.inc"
  };
#undef X
  return entries;
}

Where entry_where(const std::string& kind, const std::string& name) {
  return [=](const std::string& key) { return fmt::format("{} \"{}\": {}", kind, name, key); };
}

NamedAggregator make_aggregator(const std::string& text) {
  const Spec spec = Spec::parse(text);
  const AggregatorEntry& entry = find(aggregators(), "aggregator", spec.name);
  return {&entry, entry.make(spec.options, entry_where("aggregator", spec.name))};
}

}  // namespace reconcile
