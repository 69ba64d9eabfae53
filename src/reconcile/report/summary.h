#pragma once

#include <string>
#include <vector>

#include "reconcile/report/records.h"

/// What the records say, in words and in the few numbers that words need.
namespace reconcile::report {

/// Best row without and with Recon: by delta m, or by the mean over tasks of the first metric where no row has a delta
/// m. Null where there is no such row.
struct Comparison {
  const Row* base = nullptr;
  const Row* recon = nullptr;
  const Row* peer = nullptr;  ///< the base row with the method of `recon`; else `base`
};
Comparison compare(const Pipeline& pipeline);

/// The first row of that kind and method, or null.
const Row* find_row(const Pipeline& pipeline, const std::string& kind, const std::string& method);
/// Its label, or the method's text where no row has it.
std::string label_of(const Pipeline& pipeline, const std::string& kind, const std::string& method);
/// Methods of the base and recon runs, in order of appearance.
std::vector<std::string> methods_of(const Pipeline& pipeline);
/// Logs of that kind and method, one a seed (one a task and seed for `single`).
std::vector<const RunLog*> logs_of(const Pipeline& pipeline, const std::string& kind, const std::string& method);

/// The log that holds the search's conflicts, or null.
const RunLog* search_log(const Pipeline& pipeline);
/// The shared layers in definition order; empty if no run.jsonl of an unsplit network is there.
std::vector<LayerRecord> layers_of(const Pipeline& pipeline);
/// K if the plan is exactly the first K layers of the ranking, else -1.
int64_t cut_of(const Pipeline& pipeline);

/// Which runs have not finished and how far they are; "" if all have.
std::string pending_sentence(const Pipeline& pipeline);

/// The headline: what Recon did to delta m, to severe conflicts and to the size.
std::string headline(const Pipeline& pipeline);
/// The headline of one run: what was trained, how far, and the test metrics.
std::string headline(const RunLog& log);

}  // namespace reconcile::report
