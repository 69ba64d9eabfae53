#pragma once

#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/report/records.h"

namespace reconcile::report {

/// A number of an `epoch` record, and what it is called elsewhere.
struct EpochValue {
  std::string column;        ///< in metrics.csv
  std::string tag;           ///< in TensorBoard; "" = not there
  Json::json_pointer place;  ///< in the record, which may lack it
};

/// Every number that an epoch record of these tasks may hold, in a fixed order. `metrics`: the names of each task's
/// validation metrics.
std::vector<EpochValue> epoch_values(const Named<std::vector<std::string>>& metrics);

/// The first line of metrics.csv, without its end.
std::string csv_header(const std::vector<EpochValue>& values);
/// The line of a record; what it lacks is an empty cell. Numbers have all their digits, or are nan, inf, -inf.
std::string csv_row(const std::vector<EpochValue>& values, const Json& record);

}  // namespace reconcile::report
