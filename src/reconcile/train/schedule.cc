#include "reconcile/train/schedule.h"

#include <cmath>
#include <numbers>

namespace reconcile {

const OptionTable<ScheduleOptions>& schedule_options() {
  using O = ScheduleOptions;
  static const OptionTable<O> table{
      option("name", &O::name, one_of({"constant", "multi_step", "cosine"}),
             "shape of the learning rate over the epochs"),
      option("milestones", &O::milestones, at_least(1),
             "multi_step: numbers of finished epochs after which the rate is multiplied by gamma"),
      option("gamma", &O::gamma, above(0), "multi_step: factor at each milestone"),
  };
  return table;
}

double schedule_factor(const ScheduleOptions& options, int64_t epoch, int64_t epochs) {
  const int64_t finished = epoch - 1;
  if (options.name == "cosine") {
    return 0.5 * (1.0 + std::cos(std::numbers::pi * static_cast<double>(finished) / static_cast<double>(epochs)));
  }
  double factor = 1.0;
  if (options.name == "multi_step") {
    for (const int64_t milestone : options.milestones) {
      if (finished >= milestone) factor *= options.gamma;
    }
  }
  return factor;
}

}  // namespace reconcile
