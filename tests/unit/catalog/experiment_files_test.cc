#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "reconcile/catalog/experiment.h"

namespace reconcile {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> experiment_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(RECONCILE_SOURCE_DIR) / "experiments")) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_run(const Experiment& experiment, const Expected& row) {
  const CompareOptions& compare = experiment.compare;
  if (row.kind == "single") return compare.single;
  if (row.kind == "train") return row.method == experiment.method;
  const bool has_kind = row.kind == "base" ? compare.base : compare.recon;
  return has_kind && std::count(compare.methods.begin(), compare.methods.end(), row.method) == 1;
}

// Nothing but signatures is read, so no data are needed: unknown keys, wrong values, methods and metrics show here.
TEST(ExperimentFiles, EveryOneIsReadAndRunsEveryRowThatItExpects) {
  const auto files = experiment_files();
  ASSERT_GE(files.size(), 40u);
  for (const auto& file : files) {
    try {
      const Experiment experiment = read_experiment(Config::from_file(file));
      for (const auto& row : experiment.expected) {
        EXPECT_TRUE(is_run(experiment, row))
            << file << ": " << row.kind << " " << row.method << " is expected, not run";
      }
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

// Shares lie in 0 ... 1 and errors of a percentage that was not divided do not.
TEST(ExperimentFiles, ExpectedSharesAreShares) {
  for (const auto& file : experiment_files()) {
    const Experiment experiment = read_experiment(Config::from_file(file));
    for (const auto& row : experiment.expected) {
      for (const auto& [name, value] : row.values) {
        const std::string metric = name.substr(name.find('.') + 1);
        const bool share =
            metric == "miou" || metric.ends_with("accuracy") || metric == "error" || metric.starts_with("within");
        EXPECT_TRUE(!share || (value > 0 && value < 1)) << file << ": " << row.method << " " << name << " = " << value;
      }
    }
  }
}

}  // namespace
}  // namespace reconcile
