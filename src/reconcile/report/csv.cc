#include "reconcile/report/csv.h"

namespace reconcile::report {
namespace {

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string result = "\"";
  for (const char c : cell) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string line(const std::vector<std::string>& cells) {
  std::string result;
  for (size_t c = 0; c < cells.size(); ++c) result += (c ? "," : "") + quoted(cells[c]);
  return result + "\n";
}

}  // namespace

std::string to_csv(const Table& table) {
  std::string text = line(table.columns);
  for (const auto& row : table.rows) text += line(row);
  return text;
}

}  // namespace reconcile::report
