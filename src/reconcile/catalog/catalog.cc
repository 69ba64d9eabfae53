#include "reconcile/catalog/catalog.h"

namespace reconcile {

#define X(name) AggregatorEntry name##_entry();
namespace aggregator_entries {
#include "reconcile/aggregators/catalog.inc"
}
#undef X
#define X(name) ScalarizerEntry name##_entry();
namespace scalarizer_entries {
#include "reconcile/scalarizers/catalog.inc"
}
#undef X
#define X(name) BackboneEntry name##_entry();
namespace backbone_entries {
#include "reconcile/backbones/catalog.inc"
}
#undef X
#define X(name) HeadEntry name##_entry();
namespace head_entries {
#include "reconcile/heads/catalog.inc"
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

const std::vector<ScalarizerEntry>& scalarizers() {
#define X(name) scalarizer_entries::name##_entry(),
  static const std::vector<ScalarizerEntry> entries = {
#include "reconcile/scalarizers/catalog.inc"
  };
#undef X
  return entries;
}

const std::vector<BackboneEntry>& backbones() {
#define X(name) backbone_entries::name##_entry(),
  static const std::vector<BackboneEntry> entries = {
#include "reconcile/backbones/catalog.inc"
  };
#undef X
  return entries;
}

const std::vector<HeadEntry>& heads() {
#define X(name) head_entries::name##_entry(),
  static const std::vector<HeadEntry> entries = {
#include "reconcile/heads/catalog.inc"
  };
#undef X
  return entries;
}

const std::vector<ModelEntry>& architectures() {
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

std::unique_ptr<Aggregator> make_aggregator(const std::string& text) {
  const Spec spec = Spec::parse(text);
  return find(aggregators(), "aggregator", spec.name)
      .make(spec.options, entry_where("aggregator", spec.name), make_aggregator);
}

std::unique_ptr<Scalarizer> make_scalarizer(const std::string& text, int64_t num_tasks) {
  const Spec spec = Spec::parse(text);
  return find(scalarizers(), "scalarizer", spec.name)
      .make(spec.options, entry_where("scalarizer", spec.name), num_tasks);
}

}  // namespace reconcile
