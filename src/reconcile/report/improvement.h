#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconcile/report/records.h"

namespace reconcile::report {

/// The metrics of a kind of task that enter delta m; none for a kind that is not known here.
std::vector<std::string> criteria_of(std::string_view kind);

/// Relative change against single-task networks in percent; NaN where a value is missing or a reference is 0.
struct Improvement {
  double delta_m = kMissing;       ///< criteria averaged inside a task first, higher is better
  double delta_m_flat = kMissing;  ///< all criteria in one mean, lower is better
};
/// `kinds` are those of `tasks`; `single` holds the metrics of the single-task networks.
Improvement improvement(const std::vector<std::string>& tasks, const std::vector<std::string>& kinds,
                        const PerTask<double>& values, const PerTask<double>& single);

/// Relative gain of one task in percent, the mean over its criteria, higher is better; NaN as above.
double task_gain(const std::string& task, const std::string& kind, const PerTask<double>& values,
                 const PerTask<double>& single);

}  // namespace reconcile::report
