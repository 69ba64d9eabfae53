#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "reconcile/report/records.h"

namespace reconcile::report {

/// One finished training run, as a comparison takes it.
struct Outcome {
  std::string place;   ///< the run's folder
  std::string source;  ///< the folder that it belongs to: of its pipeline, or the one that holds its seeds
  std::string version, dataset, network;
  std::string kind, method;  ///< as in records
  bool is_split = false;     ///< trained with layers split by a plan
  int64_t seed = 0;
  std::vector<std::string> tasks, kinds;
  std::map<std::string, std::string> settings;  ///< the resolved experiment, "optimizer.lr" -> "0.1"; may be empty
  PerTask<double> last, best;                   ///< test metrics of the last epoch, and of the best on validation
  std::vector<PerTask<double>> validation;      ///< of the epochs that were validated, in their order
  double parameters = kMissing, megabytes = kMissing, macs = kMissing, seconds_per_step = kMissing;
};

/// What directories hold.
struct Outcomes {
  std::vector<Outcome> runs;            ///< finished, without searches
  std::vector<std::string> unfinished;  ///< folders of runs that have no result yet
  std::vector<Expected> expected;       ///< what papers print, each entry once
};

/// Adds what `directory` holds: a pipeline, one run, or a folder that has either anywhere in it (a sweep). DataError if
/// it is no directory, holds no run, or has a damaged record.
void add_outcomes(const std::filesystem::path& directory, Outcomes& outcomes);

/// The runs of a pipeline that have finished, without its search.
std::vector<Outcome> outcomes_of(const Pipeline& pipeline);

}  // namespace reconcile::report
