#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "reconcile/loss_history.h"
#include "reconcile/terminal.h"
#include "reconcile/train/loop.h"

namespace reconcile::tool {

/// Shows a run on stderr: one plain line an epoch, and below them, on a terminal, a line that is drawn over and over.
class Progress final : public TrainObserver {
 public:
  /// `title` names the run, e.g. "search".
  Progress(std::string title, const TaskSet& tasks);
  void on_step(const TrainObserver::Progress& progress) override;
  void on_epoch(const Json& record, int64_t epochs) override;
  void on_message(const std::string& text) override;

 private:
  using Clock = std::chrono::steady_clock;
  void remember_loss(const TrainObserver::Progress& progress);
  /// Seconds until the end at the pace since the first step that was seen, with everything between the steps.
  double seconds_left(const TrainObserver::Progress& progress, Clock::time_point now);
  [[nodiscard]] Line line(const TrainObserver::Progress& progress, double seconds_left) const;
  [[nodiscard]] std::string losses_text(const std::vector<double>& losses) const;

  std::string title_;
  std::vector<std::string> tasks_;
  Terminal terminal_;
  LossHistory history_;
  int64_t epoch_ = 0;        ///< of the step before
  int64_t step_ = 0;         ///< its number in the epoch
  double loss_sum_ = 0;      ///< of the epoch's steps so far
  int64_t first_step_ = -1;  ///< that was seen, of the whole run
  Clock::time_point first_time_{};
  Clock::time_point last_shown_{};
};

}  // namespace reconcile::tool
