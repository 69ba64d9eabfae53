#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Drawings of block characters, for terminals; each character is one column wide.
namespace reconcile::report {

/// `share` (held to 0..1) of `width` columns, in eighths of a column; `rest` stands in every column after it.
std::string block_bar(double share, int64_t width, std::string_view rest = "");

/// From ▁ (the smallest value) to █ (the largest), one column a value; of more than `width` values, neighbours share a
/// column with their mean. A value that is not finite is a blank.
std::string sparkline(const std::vector<double>& values, int64_t width);

}  // namespace reconcile::report
