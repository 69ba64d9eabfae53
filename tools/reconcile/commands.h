#pragma once

#include <atomic>

namespace CLI {
class App;
}

namespace reconcile::tool {

/// Set by the first Ctrl-C, SIGTERM or SIGUSR1: the running step is finished and a checkpoint written.
extern std::atomic<bool> stop_requested;

/// Thrown by a verb that was stopped; main turns it into an exit code.
struct Interrupted {};

// Each adds one verb: its options, its help, and what it does.
void add_recon(CLI::App& app);
void add_train(CLI::App& app);
void add_sweep(CLI::App& app);
void add_score(CLI::App& app);
void add_plan(CLI::App& app);
void add_branch(CLI::App& app);
void add_eval(CLI::App& app);
void add_predict(CLI::App& app);
void add_export(CLI::App& app);
void add_report(CLI::App& app);
void add_aggregate(CLI::App& app);
void add_scalarize(CLI::App& app);
void add_data(CLI::App& app);
void add_list(CLI::App& app);
void add_describe(CLI::App& app);

}  // namespace reconcile::tool
