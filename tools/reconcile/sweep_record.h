#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reconcile/sweep_plan.h"

namespace reconcile::tool {

/// One run of a sweep: a combination with a seed.
struct SweepRun {
  const Combination* combination = nullptr;
  int64_t seed = 0;
  std::string path = {};     ///< "method=sum/seed-0", below the sweep's folder
  std::string failure = {};  ///< what went wrong; "" if nothing did
  Json record = nullptr;     ///< its RUN of docs/formats/records.md once it has finished
};

/// The runs of a plan, seed by seed of each combination; those that have finished in the folder already have records.
std::vector<SweepRun> runs_of(const SweepPlan& plan, const std::filesystem::path& folder);

/// Reads what the run has written at its end. False if it has not come to its end.
bool read_result(SweepRun& run, const std::filesystem::path& folder);

/// The document sweep.json of docs/formats/records.md.
Json summarise_sweep(const SweepPlan& plan, const std::string& command, const std::vector<SweepRun>& runs);

/// StateError unless the sweep.json that is there is of the same axes and seeds; the first difference is named.
void require_same_sweep(const Json& stored, const SweepPlan& plan, const std::filesystem::path& folder);

}  // namespace reconcile::tool
