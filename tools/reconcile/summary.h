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
  Json runs = Json::array();        ///< RUNs of docs/formats/records.md
  Json unfinished = Json::array();  ///< {path, kind, method, seed} of the runs that are still to come
};

/// A ROW of docs/formats/records.md: one or more RUNs with different seeds, or single-task RUNs; `single` holds the
/// single-task RUNs that delta m refers to, or nothing.
Json comparison_row(const std::string& label, const std::vector<Json>& runs, const TaskSet& tasks,
                    const std::vector<Json>& single);

/// `[{name, kind, num_outputs} ...]` as in the records.
Json tasks_to_json(const TaskSet& tasks);

/// What the numbers of a summary are.
inline constexpr const char* kProtocol =
    "test metrics of the last epoch; the best epoch is chosen on the validation split, which is held out of the "
    "training data";

/// The document summary.json of docs/formats/records.md.
Json summarise(const PipelineRecord& record);

}  // namespace reconcile::tool
