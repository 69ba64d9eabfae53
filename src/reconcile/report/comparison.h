#pragma once

#include "reconcile/report/records.h"
#include "reconcile/report/table.h"

/// Tables of what was recorded.
namespace reconcile::report {

/// Which epoch's test metrics a table shows.
enum class Pick { kLast, kBest };

/// For people: one row per method with mean ± sd over seeds, in percent where a metric is a share; without losses. A
/// column that no row has a value for is left out.
Table comparison_table(const Pipeline& pipeline, Pick pick = Pick::kLast);

/// For programs: mean, sd and n as columns of their own, in the units of the records and with all digits.
Table number_table(const Pipeline& pipeline);

/// The ranking: layer, score, parameters, whether the plan splits it, parameters added up to here.
Table ranking_table(const Pipeline& pipeline);

/// The epochs of one run: losses, validation metrics, conflict share, time.
Table epoch_table(const RunLog& log);

}  // namespace reconcile::report
