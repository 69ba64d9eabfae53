#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <exception>

#include "reconcile/base/error.h"
#include "reconcile/base/version.h"
#include "reconcile/commands.h"
#include "reconcile/lost_file.h"

namespace reconcile::tool {

std::atomic<bool> stop_requested = false;

namespace {

/// What the program says of its end to who started it; docs/guide/long-runs.md lists them.
enum Exit : int {
  kDone = 0,
  kFailed = 1,
  kWrongUse = 2,
  kWrongData = 3,
  kDiverged = 4,
  kGoOn = 75,
  kInterrupted = 130
};

std::atomic<int> stop_signal = 0;

/// The second Ctrl-C or SIGTERM ends the program at once. Schedulers may send SIGUSR1 as often as they like.
void request_stop(int signal) {
  if (!stop_requested) stop_signal = signal;
  stop_requested = true;
  if (signal != SIGUSR1) std::signal(signal, SIG_DFL);
}

/// Other verbs than those that look at `stop_requested` end where they are.
void handle_signals(const std::string& verb) {
  const std::vector<std::string> stopping{"recon", "train", "sweep", "branch", "report"};
  if (std::find(stopping.begin(), stopping.end(), verb) == stopping.end()) return;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) std::signal(signal, request_stop);
}

int fail_with(const std::exception& error, Exit code) {
  fmt::print(stderr, "reconcile: {}\n", error.what());
  return code;
}

/// Big temporaries stay with the process: returning them to the system costs up to a quarter of a step in page faults.
void keep_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
}

/// Lets the threads of verbs that train sleep while they wait. By default OpenMP's spin, and beside any other busy
/// program a step then takes ten times as long. OpenMP reads the variable when it is loaded, so the program starts
/// itself anew; the runs of a sweep inherit it.
void let_threads_sleep(const std::string& verb, char** argv) {
  if (verb != "recon" && verb != "train" && verb != "sweep") return;
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  setenv("GOMP_SPINCOUNT", "1000", 0);
  execv("/proc/self/exe", argv);
}

int run(int argc, char** argv) {
  CLI::App app(
      "Trains one network on several tasks, finds the layers where their gradients conflict, and splits them.");
  app.set_version_flag("--version", std::string("reconcile ") + kVersion);
  app.require_subcommand(1);
  app.footer("Start with: reconcile recon experiments/glyphs/demo.toml --out runs/demo");
  add_recon(app);
  add_train(app);
  add_sweep(app);
  add_score(app);
  add_plan(app);
  add_branch(app);
  add_eval(app);
  add_predict(app);
  add_export(app);
  add_report(app);
  add_aggregate(app);
  add_scalarize(app);
  add_data(app);
  add_list(app);
  add_describe(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongUse;
  } catch (const Interrupted&) {
    fmt::print(stderr, "stopped; a checkpoint was written. Go on with the same command and --resume.\n");
    return stop_signal == SIGINT ? kInterrupted : kGoOn;
  } catch (const InvalidArgument& error) {
    return fail_with(error, kWrongUse);
  } catch (const DataError& error) {
    return fail_with(error, kWrongData);
  } catch (const NotFinite& error) {
    return fail_with(error, kDiverged);
  } catch (const std::exception& error) {
    return fail_with(error, kFailed);
  }
  return kDone;
}

}  // namespace
}  // namespace reconcile::tool

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  reconcile::tool::let_threads_sleep(verb, argv);
  reconcile::tool::keep_memory();
  reconcile::tool::name_lost_files();
  reconcile::tool::handle_signals(verb);
  return reconcile::tool::run(argc, argv);
}
