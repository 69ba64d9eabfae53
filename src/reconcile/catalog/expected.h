#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reconcile/base/config.h"
#include "reconcile/core/task.h"

namespace reconcile {

/// What a paper prints in one row of a table, to stand beside our numbers in reports.
struct Expected {
  std::string source;                                  ///< "Recon, table 3"
  std::string method;                                  ///< as in compare.methods; "" for kind = "single"
  std::string kind = "base";                           ///< single | base | recon | train
  std::vector<std::pair<std::string, double>> values;  ///< in the units of records, by name: "depth.abs_err", "delta_m"
};

/// The names that `values` may use for these tasks: `task.metric` for every metric of every task, `mean.metric` (over
/// the tasks) for those that all tasks have, delta_m, delta_m_flat, megabytes.
std::vector<std::string> expected_names(const TaskSet& tasks);

/// The `[[expected]]` tables of an experiment file. InvalidArgument with file and line: unknown keys, types, a kind or
/// name of a value that is not known, a method where there is none or none where there must be one. Whether a method is
/// one is not looked at.
std::vector<Expected> read_expected(const Config& config, const TaskSet& tasks);

/// As in the file: a list of tables.
Json to_json(const std::vector<Expected>& expected);

/// Rows of {name, type, default, rule, help}.
Json describe_expected();

}  // namespace reconcile
