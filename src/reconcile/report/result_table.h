#pragma once

#include <string>
#include <vector>

#include "reconcile/report/study.h"
#include "reconcile/report/table.h"

namespace reconcile::report {

enum class Mark { kNone, kBest, kSecond };

struct ResultCell {
  std::string text;
  Mark mark = Mark::kNone;
};

/// A table as papers lay it out: columns stand below the task that they belong to.
struct ResultTable {
  struct Column {
    std::string group;  ///< the task; "" for columns of no task
    std::string title;
  };
  std::vector<Column> columns;
  std::vector<std::string> labels;             ///< one a row
  std::vector<std::vector<ResultCell>> cells;  ///< [rows][columns]
};

/// All metrics of the last epoch but losses (of many tasks: their means over tasks), delta m in both conventions, sizes
/// and times. The best of a column is marked where it leads the next by more than the seeds' spread, the second where
/// it is behind a marked best and leads the third likewise; single-task networks take no part.
ResultTable result_table(const Study& study);

/// What the marks mean, or why there is none.
std::string mark_note(const ResultTable& table);

/// With the task in every heading; the best in ** **, the second in _ _.
Table plain_table(const ResultTable& table);

/// `<table>` with the best bold and the second underlined.
std::string to_html(const ResultTable& table);

/// A `table` environment for the package booktabs. Every text is escaped.
std::string to_latex(const ResultTable& table, const std::string& caption);

}  // namespace reconcile::report
