#pragma once

#include <chrono>

#include "reconcile/base/options.h"

namespace reconcile {

/// How long a run takes, stops not counted. Clocks that are set while it runs do not matter.
class RunClock {
 public:
  using Clock = std::chrono::steady_clock;

  /// Seconds since that moment.
  static double since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

  [[nodiscard]] double run() const { return run_before_ + since(begin_); }
  [[nodiscard]] double epoch() const { return epoch_before_ + since(epoch_begin_); }
  /// Of a step, in the mean over the run's `steps`; evaluation is not counted.
  [[nodiscard]] double step(int64_t steps) const { return in_steps_ / static_cast<double>(steps); }

  void add_step(double seconds) { in_steps_ += seconds; }
  void start_epoch() {
    epoch_before_ = 0;
    epoch_begin_ = Clock::now();
  }

  [[nodiscard]] Json state() const { return {{"run", run()}, {"epoch", epoch()}, {"steps", in_steps_}}; }
  void load_state(const Json& state) {
    run_before_ = state.at("run").get<double>();
    epoch_before_ = state.at("epoch").get<double>();
    in_steps_ = state.at("steps").get<double>();
    begin_ = epoch_begin_ = Clock::now();
  }

 private:
  double run_before_ = 0;    ///< before the last stop
  double epoch_before_ = 0;  ///< of the running epoch, before the last stop
  double in_steps_ = 0;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point epoch_begin_ = Clock::now();
};

}  // namespace reconcile
