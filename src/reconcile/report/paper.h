#pragma once

#include <string>
#include <vector>

#include "reconcile/report/records.h"
#include "reconcile/report/table.h"

/// Our numbers beside those that papers print.
namespace reconcile::report {

/// What one paper's table says: its rows, and every name that one of them has a value for.
struct Source {
  std::string name;
  std::vector<Expected> rows;
  std::vector<std::string> values;
};
/// The expected rows by source, in order of appearance.
std::vector<Source> sources_of(const std::vector<Expected>& expected);

/// The number that the source prints for a row of ours; NaN if it prints none.
double printed_value(const Source& source, const Row& row, const std::string& name);
/// What a row of ours has under a name of `Expected::values`; n = 0 where it has nothing.
Statistic measured_value(const Row& row, const std::string& name);

/// One table a source, one row a method: "paper / ours (difference)", in percent where a metric is a share; "-" for
/// what the paper or the records do not have.
struct PaperTable {
  std::string source;
  Table table;
};
std::vector<PaperTable> paper_tables(const Pipeline& pipeline);
/// For a run that has not finished, or whose method no source has: none.
std::vector<PaperTable> paper_tables(const RunLog& log);

/// The tables as text, each below its source; "" without any.
std::string paper_text(const std::vector<PaperTable>& tables, std::string (*to_text)(const Table&));

}  // namespace reconcile::report
