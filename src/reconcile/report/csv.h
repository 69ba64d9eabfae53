#pragma once

#include <string>

#include "reconcile/report/table.h"

namespace reconcile::report {

/// RFC 4180 with "\n" line ends: a cell with a comma, a quote or a line break is quoted, quotes are doubled.
std::string to_csv(const Table& table);

}  // namespace reconcile::report
