#pragma once

#include <string>
#include <vector>

#include "reconcile/report/outcome.h"

namespace reconcile::report {

struct ContenderName {
  std::string label;
  std::string setting;  ///< network and keys of the experiment in which runs differ, without those of splits alone
};

/// What to call the contender of each run: its method and setting, and its folder where two runs would otherwise be one
/// contender with the same seed twice or with two sizes. `is_single` says which are single-task networks; those have no
/// method.
std::vector<ContenderName> contender_names(const std::vector<Outcome>& runs, const std::vector<bool>& is_single);

}  // namespace reconcile::report
