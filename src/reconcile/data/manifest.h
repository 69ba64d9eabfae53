#pragma once

#include <filesystem>
#include <limits>
#include <optional>

#include "reconcile/base/options.h"
#include "reconcile/core/task.h"

namespace reconcile {

/// Which samples belong to training, validation and test: lists of ids, or shares of all that are found.
struct ManifestSplit {
  std::string train;  ///< text files, one id a line; without `train`, shares
  std::string validation;
  std::string test;
  std::vector<double> shares = {0.8, 0.1, 0.1};
  int64_t seed = 0;  ///< of the shares
};

/// One [[task]] of a manifest. Its values stand in a file for each sample, or in columns of a table.
struct ManifestTask {
  Task task;
  std::string file;                                           ///< pattern with {id}; "" = a table
  std::string csv;                                            ///< "" = the table of the data set
  std::vector<std::string> columns;                           ///< of the table
  std::vector<std::string> names;                             ///< of the classes, if they have any
  double ignore = std::numeric_limits<double>::quiet_NaN();   ///< the class that means unknown
  double invalid = std::numeric_limits<double>::quiet_NaN();  ///< the number that means unknown, before `scale`
  double scale = 1;
  bool standardise = false;
  std::string image;                   ///< pattern of its own inputs; "" = those of the data set
  std::optional<ManifestSplit> split;  ///< of its own inputs
  Where where;                         ///< names its keys with file and line
};

/// A data set in a user's own files: a TOML file with [dataset] and one [[task]] for each task; docs/guide/own-data.md
/// explains every key.
struct Manifest {
  std::filesystem::path path;
  std::filesystem::path root;       ///< all paths below are relative to it
  std::string image;                ///< pattern with {id}, or
  std::string table;                ///< a CSV file whose columns `inputs` are the input
  std::vector<std::string> inputs;  ///< columns
  bool standardise = false;         ///< the inputs of a table
  std::vector<int64_t> size;        ///< [height, width] that images are resized to; empty = as they are
  std::string id;                   ///< column that names the sample in tables; "" = the first, or the row's number
  ManifestSplit split;
  std::vector<ManifestTask> tasks;
  Where where;  ///< names keys of [dataset] with file and line

  [[nodiscard]] TaskSet task_set() const;
};

/// Reads and checks a manifest; reads a table too where it tells the classes of a task. `root`, if given, takes the
/// place of the manifest's. InvalidArgument (with file and line, the value and the rule) for what it says, DataError if
/// it or a table cannot be read.
Manifest read_manifest(const std::filesystem::path& path, const std::string& root);

}  // namespace reconcile
