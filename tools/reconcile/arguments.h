#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "reconcile/catalog/experiment.h"

namespace reconcile::tool {

/// The arguments of verbs that read an experiment file. A manifest of own data stands for the experiment that takes its
/// data from it, learns with Adam at 0.001 (nothing is known of the scale of its tasks), and has every other key's
/// default.
struct ExperimentArguments {
  std::string file;
  std::vector<std::string> sets;

  void add_to(CLI::App& verb);
  /// The file with what was set on top, unchecked.
  [[nodiscard]] Config config() const;
  /// The checked experiment; sets the number of threads.
  [[nodiscard]] Experiment read() const;
  /// As they were typed.
  [[nodiscard]] std::string text() const;
};

/// Where a run writes.
struct OutputArguments {
  std::string directory;
  bool resume = false;

  void add_to(CLI::App& verb);
  /// Makes the folder and stores the resolved configuration in it. StateError if it holds a run already and --resume
  /// was not given, or if the run in it had another configuration (the first key that differs is named);
  /// InvalidArgument, and no folder, if nothing can be computed on the run's device.
  void prepare(const Experiment& experiment) const;
};

/// Prints one JSON document to stdout.
void print(const Json& json);

}  // namespace reconcile::tool
