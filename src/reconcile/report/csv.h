#pragma once

#include <string>

#include "reconcile/report/table.h"

namespace reconcile::report {

/// One line of RFC 4180 without its end: a cell with a comma, a quote or a line break is quoted, quotes are doubled.
std::string csv_line(const std::vector<std::string>& cells);

/// RFC 4180 with "\n" line ends.
std::string to_csv(const Table& table);

}  // namespace reconcile::report
