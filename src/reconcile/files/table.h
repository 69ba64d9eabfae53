#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace reconcile {

/// A table of text with a name for each column.
struct Table {
  std::filesystem::path path;  ///< where it was read, for messages
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
  std::vector<int64_t> lines;                  ///< where each row begins, counted from 1

  /// The index of a column. DataError names the nearest one if there is none of that name.
  [[nodiscard]] int64_t column(const std::string& name) const;
  /// A field as a number; NaN if it is empty or `nan`. DataError with its line and column if it is no number.
  [[nodiscard]] double number(int64_t row, int64_t column) const;
};

/// A table in a file: fields separated by tabs if the first line has one, else by commas; the first line has the names.
/// Fields may stand in double quotes, with quotes doubled and lines broken inside. Lines end in LF or CRLF; empty ones
/// are skipped. DataError with path and line for rows of another length, names that are missing or come twice, quotes
/// that do not end, and files that are no text.
Table read_table(const std::filesystem::path& path);
/// The same of text in memory.
Table parse_table(std::string_view text, const std::filesystem::path& path);

}  // namespace reconcile
