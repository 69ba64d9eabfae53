#include "reconcile/report/csv.h"

namespace reconcile::report {
namespace {

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string result = "\"";
  for (const char c : cell) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string result;
  for (size_t c = 0; c < cells.size(); ++c) result += (c ? "," : "") + quoted(cells[c]);
  return result;
}

std::string to_csv(const Table& table) {
  std::string text = csv_line(table.columns) + "\n";
  for (const auto& row : table.rows) text += csv_line(row) + "\n";
  return text;
}

}  // namespace reconcile::report
