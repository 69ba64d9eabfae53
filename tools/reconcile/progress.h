#pragma once

#include <chrono>
#include <string>

#include "reconcile/train/loop.h"

namespace reconcile::tool {

/// Shows a run on stderr: one line that is rewritten on a terminal, one plain line an epoch elsewhere.
class Progress final : public TrainObserver {
 public:
  /// `title` names the run, e.g. "search".
  explicit Progress(std::string title);
  void on_step(const TrainObserver::Progress& progress) override;
  void on_epoch(const Json& record, int64_t epochs) override;
  void on_message(const std::string& text) override;

 private:
  void clear_line() const;
  std::string title_;
  bool is_terminal_;
  std::chrono::steady_clock::time_point last_shown_{};
};

/// A line of talk on stderr.
void say(const std::string& text);

}  // namespace reconcile::tool
