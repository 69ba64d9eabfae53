#pragma once

#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/backbones/backbone.h"
#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/data/dataset.h"
#include "reconcile/heads/head.h"
#include "reconcile/models/model.h"
#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {

/// Everything that has a name, in the order of the folders' catalog.inc.
const std::vector<AggregatorEntry>& aggregators();
const std::vector<ScalarizerEntry>& scalarizers();
const std::vector<BackboneEntry>& backbones();
const std::vector<HeadEntry>& heads();
const std::vector<ModelEntry>& architectures();
const std::vector<DatasetEntry>& datasets();

/// The entry called `name`. InvalidArgument names the nearest one; `kind` is the word for `reconcile list`.
template <class EntryType>
const EntryType& find(const std::vector<EntryType>& entries, const std::string& kind, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& entry : entries) {
    if (entry.info.name == name) return entry;
    names.push_back(entry.info.name);
  }
  fail<InvalidArgument>("no {} \"{}\".{} `reconcile list {}s` shows all {}: {}.", kind, name, did_you_mean(name, names),
                        kind, names.size(), fmt::join(names, ", "));
}

/// Names the options of a catalogue entry in messages: `aggregator "cagrad": c`.
Where entry_where(const std::string& kind, const std::string& name);

/// The aggregator or scalarizer that a spec such as `cagrad(c=0.4)` asks for.
std::unique_ptr<Aggregator> make_aggregator(const std::string& spec);
std::unique_ptr<Scalarizer> make_scalarizer(const std::string& spec, int64_t num_tasks);

}  // namespace reconcile
