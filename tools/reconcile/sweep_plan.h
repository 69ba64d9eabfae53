#pragma once

#include <string>
#include <vector>

#include "reconcile/arguments.h"
#include "reconcile/convert/cost.h"

namespace reconcile::tool {

/// One `--vary KEY=VALUE,VALUE ...`; values as they were typed.
struct Axis {
  std::string key;
  std::vector<std::string> values;
};

/// One value of every axis.
struct Combination {
  std::string label;   ///< for tables: "cagrad(c=0.2), optimizer.lr=0.1"
  std::string folder;  ///< "method=cagrad-c=0.2,optimizer.lr=0.1"
  Experiment experiment;
  DataSignature data;
  Cost cost;  ///< of its network
};

/// All that a sweep trains: every combination with every seed.
struct SweepPlan {
  Experiment base;  ///< without the axes
  std::vector<Axis> axes;
  std::vector<int64_t> seeds;
  std::vector<Combination> combinations;  ///< the last axis varies fastest
};

/// InvalidArgument if it is not KEY=VALUE,VALUE, has no value or one twice. A comma inside brackets separates nothing.
Axis parse_axis(const std::string& text);

/// "0..2" or "0,1,5". InvalidArgument if it is neither, or a seed stands twice.
std::vector<int64_t> parse_seeds(const std::string& text);

/// Checks every combination as if it were an experiment of its own, and builds its network once. `seeds` may be empty:
/// then they are the experiment's. `threads` are those of one run where the experiment does not say.
SweepPlan plan_sweep(const ExperimentArguments& arguments, const std::vector<Axis>& axes,
                     const std::vector<int64_t>& seeds, int64_t threads);

}  // namespace reconcile::tool
