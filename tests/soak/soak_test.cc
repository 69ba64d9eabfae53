// Long runs and many runs in one process: memory, file handles and threads stay where they were. Bounded in count; no
// test looks at a time.

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "unit/train/fixtures.h"

namespace reconcile {
namespace {
namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsOurs = false;  // sanitizers keep what was freed
#else
constexpr bool kMemoryIsOurs = true;
#endif

double resident_megabytes() {
  int64_t total = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

int64_t entries_of(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

/// What a process holds.
struct Held {
  double megabytes = resident_megabytes();
  int64_t handles = entries_of("/proc/self/fd");
  int64_t threads = entries_of("/proc/self/task");
};

void expect_flat(const Held& before, const Held& after, double megabytes) {
  EXPECT_LE(after.handles, before.handles);
  EXPECT_LE(after.threads, before.threads);  // the loader's worker is there or not, by the moment
  if (kMemoryIsOurs) {
    EXPECT_LT(after.megabytes - before.megabytes, megabytes);
  }
}

/// Looks at the process after a third of the steps, when everything has been used, and at the last.
struct Watcher final : Stopper {  // which never stops it
  explicit Watcher(int64_t number_of_steps) : steps(number_of_steps) {}
  void on_step(const Progress& /*progress*/) override {
    ++done;
    if (done == steps / 3) early.emplace();
    if (done == steps) late.emplace();
  }
  int64_t steps;
  int64_t done = 0;
  std::optional<Held> early, late;
};

/// 200 epochs of six steps.
TEST(Soak, ThousandsOfStepsHoldNoMore) {
  for (const std::string method : {"sum", "pcgrad", "nashmtl", "moco", "graddrop"}) {
    SCOPED_TRACE(method);
    const auto model = tiny_model();
    Watcher watcher(1200);
    train_tiny(*model, method, fresh_folder("soak"), watcher,
               {.epochs = 200, .batch_size = 16, .checkpoint_every = 20});
    ASSERT_TRUE(watcher.early && watcher.late);
    expect_flat(*watcher.early, *watcher.late, 1.0);
    RecordProperty(method, fmt::format("{:.2f} MB", watcher.late->megabytes - watcher.early->megabytes));
  }
}

/// A run of one epoch with every method, and again, and again.
TEST(Soak, HundredsOfRunsHoldNoMore) {
  std::vector<std::string> methods;
#define X(stem) methods.emplace_back(#stem);
#include "reconcile/aggregators/catalog.inc"
#undef X
  std::optional<Held> early;
  constexpr int kRounds = 9;
  for (int round = 0; round < kRounds; ++round) {
    for (const std::string& method : methods) {
      const auto model = tiny_model();
      Stopper never;
      train_tiny(*model, method, fresh_folder("soak_short"), never, {.epochs = 1, .batch_size = 16});
    }
    if (round == kRounds / 3) early.emplace();
  }
  expect_flat(*early, Held(), 2.0);
}

}  // namespace
}  // namespace reconcile
