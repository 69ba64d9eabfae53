#pragma once

#include <cstdint>

namespace reconcile {

/// Where a training run stands.
struct Moment {
  int64_t step = 0;  ///< of the whole run, from 0
  int64_t steps_per_epoch = 1;
  int64_t epochs = 1;

  [[nodiscard]] int64_t epoch() const { return step / steps_per_epoch; }  ///< from 0
  /// Share of the run that is over, 0 at the first step and 1 at the last.
  [[nodiscard]] double progress() const {
    const int64_t last = steps_per_epoch * epochs - 1;
    return last > 0 ? static_cast<double>(step) / static_cast<double>(last) : 0.0;
  }
};

}  // namespace reconcile
