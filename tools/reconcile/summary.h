#pragma once

#include <string>
#include <vector>

#include "reconcile/catalog/experiment.h"
#include "reconcile/convert/rules.h"

namespace reconcile::tool {

/// What the pipeline knows at its end.
struct PipelineRecord {
  const Experiment& experiment;
  TaskSet tasks;
  Json fingerprint;
  std::string command;
  LayerRanking ranking;
  std::vector<int64_t> layer_sizes;  ///< of the ranking
  SplitPlan plan;
  std::vector<CostRow> costs;
  Json runs = Json::array();  ///< RUNs of docs/formats/records.md
};

/// The document summary.json of docs/formats/records.md.
Json summarise(const PipelineRecord& record);

}  // namespace reconcile::tool
