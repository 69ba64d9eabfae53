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

namespace reconcile::tool {

std::atomic<bool> stop_requested = false;

namespace {

/// The second signal ends the program at once.
void request_stop(int signal) {
  stop_requested = true;
  std::signal(signal, SIG_DFL);
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
void let_threads_sleep(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
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
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const Interrupted&) {
    fmt::print(stderr, "stopped; a checkpoint was written. Go on with the same command and --resume.\n");
    return kInterrupted;
  } catch (const InvalidArgument& error) {
    fmt::print(stderr, "reconcile: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "reconcile: {}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace reconcile::tool

int main(int argc, char** argv) {
  reconcile::tool::let_threads_sleep(argc, argv);
  reconcile::tool::keep_memory();
  std::signal(SIGINT, reconcile::tool::request_stop);
  std::signal(SIGTERM, reconcile::tool::request_stop);
  return reconcile::tool::run(argc, argv);
}
