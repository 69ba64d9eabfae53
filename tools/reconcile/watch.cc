#include "reconcile/watch.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/commands.h"
#include "reconcile/report/report.h"
#include "reconcile/terminal.h"

namespace reconcile::tool {
namespace {

/// Sleeps, but not past a requested stop.
void wait_seconds(int64_t seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!stop_requested && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// Writes the page; true when it was the last one. A run that is being cut back for its continuation can have no whole
/// record for a moment.
bool write_page(const std::filesystem::path& directory, int64_t seconds, bool is_first) try {
  const bool is_last = is_finished(directory) || stop_requested;
  const std::string page = html_report(directory);
  const auto aside = directory / "report.html.watched";  // a run that ends writes report.html at the same time
  write_atomically(aside, is_last ? page : refreshing(page, seconds));
  std::filesystem::rename(aside, directory / "report.html");
  return is_last;
} catch (const DataError& error) {
  if (is_first) throw;
  say(fmt::format("{} Trying again in {} s.", error.what(), seconds));
  return stop_requested;
}

}  // namespace

void watch(const std::filesystem::path& directory, int64_t seconds) {
  bool is_done = write_page(directory, seconds, true);
  if (!is_done) {
    say(fmt::format("{}: written again every {} s until the runs are done; Ctrl-C ends it",
                    (directory / "report.html").string(), seconds));
  }
  while (!is_done) {
    wait_seconds(seconds);
    is_done = write_page(directory, seconds, false);
  }
  fmt::print("{}\n{}\n", console_report(directory), (directory / "report.html").string());
}

}  // namespace reconcile::tool
