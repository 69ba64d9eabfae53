#pragma once

#include <string>
#include <vector>

#include "reconcile/core/partition.h"

namespace reconcile::tool {

/// Groups of tasks for a terminal: `T1 T3 | T2`. Long groups are cut short, and so is a long row of groups.
std::string groups_text(const Partition& partition, const std::vector<std::string>& names);

}  // namespace reconcile::tool
