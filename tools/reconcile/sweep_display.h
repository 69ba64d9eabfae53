#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "reconcile/sweep_record.h"
#include "reconcile/terminal.h"

namespace reconcile::tool {

/// Shows a sweep on stderr: a line for each run that ends, and below them, on a terminal, one for the whole and one for
/// each run that goes on.
class SweepDisplay {
 public:
  /// `all` runs, of which `before` had finished when the program started.
  SweepDisplay(std::filesystem::path folder, int64_t all, int64_t before);

  /// Draws the runs that go on, from the records that they write.
  void draw(const std::vector<const SweepRun*>& running);
  /// A run came to its end, or failed.
  void on_end(const SweepRun& run);
  /// A line of talk.
  void on_message(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  /// What a run has written so far.
  struct Course {
    uintmax_t bytes = 0;  ///< of the file when it was read
    Json epoch = nullptr;
    int64_t epochs = 0;
    std::vector<double> losses;  ///< mean over the tasks, an epoch each
  };
  void read_course(const std::string& path);
  [[nodiscard]] Line whole_line(size_t running) const;
  [[nodiscard]] Line run_line(const std::string& path) const;

  std::filesystem::path folder_;
  int64_t all_, before_;
  int64_t done_ = 0, failed_ = 0;  ///< since the program started
  std::map<std::string, Course> courses_;
  Terminal terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_shown_{};
};

}  // namespace reconcile::tool
