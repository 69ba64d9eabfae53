#pragma once

#include <filesystem>
#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// The records of a file with one JSON object a line, each as `unseal` takes it. A last line that was cut short (the
/// writer was killed) is left out. DataError with path and line if the file cannot be read or any other line is no JSON
/// object, or not the one that was written.
std::vector<Json> read_json_lines(const std::filesystem::path& path);

/// The records of a run's folder, from its run.jsonl. DataError as read_json_lines, and if the run has finished (there
/// is a result.json) but its last record is missing: then the file was cut.
std::vector<Json> read_run_records(const std::filesystem::path& directory);

/// A number for a record: JSON has no place for values that are not finite, so they become "nan", "inf" or "-inf".
Json number(double value);

}  // namespace reconcile
