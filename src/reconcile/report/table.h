#pragma once

#include <string>
#include <vector>

namespace reconcile::report {

/// Cells as text; every row has one cell a column. The first column holds names, the others numbers.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Aligned for a terminal, with a rule below the header.
std::string to_text(const Table& table);

/// A pipe table; `|` in a cell is escaped.
std::string to_markdown(const Table& table);

}  // namespace reconcile::report
