#pragma once

#include <filesystem>
#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// The records of a file with one JSON object a line. A last line that was cut short (the writer was killed) is left
/// out. DataError with path and line if the file cannot be read or any other line is no JSON object.
std::vector<Json> read_json_lines(const std::filesystem::path& path);

/// A number for a record: JSON has no place for values that are not finite, so they become "nan", "inf" or "-inf".
Json number(double value);

}  // namespace reconcile
