#pragma once

#include <string>
#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// How the learning rate falls over the epochs.
struct ScheduleOptions {
  std::string name = "constant";
  std::vector<int64_t> milestones;  ///< multi_step: epochs (finished ones) after which the rate is multiplied
  double gamma = 0.1;               ///< multi_step
};
const OptionTable<ScheduleOptions>& schedule_options();

/// The factor on the learning rate in `epoch` (from 1) of `epochs`. Cosine goes from 1 to 0: (1 + cos(pi
/// (epoch-1)/epochs)) / 2.
double schedule_factor(const ScheduleOptions& options, int64_t epoch, int64_t epochs);

}  // namespace reconcile
