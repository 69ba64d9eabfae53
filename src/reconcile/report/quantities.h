#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reconcile/report/statistics.h"
#include "reconcile/report/study.h"
#include "reconcile/report/table.h"

/// The numbers by which contenders are compared, and what a few seeds say about their differences.
namespace reconcile::report {

struct Quantity {
  std::string name;  ///< "delta m", "T1 accuracy"
  std::string unit;  ///< "%", "°" or ""
  bool higher_is_better = true;
  int digits = 2;                                ///< behind the point
  std::function<double(const Measured&)> value;  ///< in `unit`
};

/// Delta m in both conventions (where there are single-task networks), then the first metric of each task; of more than
/// `kManyTasks` tasks that are measured alike, their mean.
std::vector<Quantity> quantities(const Study& study);
inline constexpr size_t kManyTasks = 6;

/// A quantity below the heading of its task ("" for quantities of no task).
struct TableQuantity {
  std::string group, name;
  Quantity quantity;
};
/// All that a table of results shows: every metric but losses and those that restate another (of more than
/// `kManyTasks` tasks with the same metrics, means over tasks), then delta m in both conventions.
std::vector<TableQuantity> table_quantities(const Study& study);

/// The quantity that contenders are ranked by: delta m, else the mean over tasks of their first metric where all have
/// the same, else the first task's.
Quantity main_quantity(const Study& study);

/// One number a seed, NaN where a seed has none.
std::vector<double> values_of(const Contender& contender, const Quantity& quantity,
                              Protocol protocol = Protocol::kLast);
Statistic statistic(const Contender& contender, const Quantity& quantity, Protocol protocol = Protocol::kLast);

/// `contender` minus `base` over the seeds that both have.
Difference paired_difference(const Contender& contender, const Contender& base, const Quantity& quantity,
                             Protocol protocol = Protocol::kLast);

/// Every contender's difference from the base in each quantity: mean, 95 % interval, seeds, and what that says.
Table difference_table(const Study& study, const std::vector<Quantity>& quantities);

/// One table a quantity: the contenders under every protocol that was measured.
struct ProtocolTable {
  std::string title;
  Table table;
};
std::vector<ProtocolTable> protocol_tables(const Study& study);
/// Whether the best contender is the same under all protocols.
std::string protocol_sentence(const Study& study);

/// The best contender by `main_quantity`, not a single-task network; null if there is none.
const Contender* best_contender(const Study& study, Protocol protocol = Protocol::kLast);

}  // namespace reconcile::report
