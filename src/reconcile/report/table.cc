#include "reconcile/report/table.h"

#include <algorithm>

#include "reconcile/report/numbers.h"

namespace reconcile::report {
namespace {

std::string padded(const std::string& cell, int64_t width, bool to_the_left) {
  const std::string blanks(static_cast<size_t>(width - display_width(cell)), ' ');
  return to_the_left ? cell + blanks : blanks + cell;
}

std::string markdown_cell(const std::string& cell) {
  std::string result;
  for (const char c : cell) {
    if (c == '|' || c == '<') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

}  // namespace

std::string to_text(const Table& table) {
  std::vector<int64_t> widths;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    widths.push_back(display_width(table.columns[c]));
    for (const auto& row : table.rows) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t c = 0; c < cells.size(); ++c) line += (c ? "  " : "") + padded(cells[c], widths[c], c == 0);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  add_line(table.columns);
  std::vector<std::string> rule;
  for (const int64_t width : widths) rule.emplace_back(static_cast<size_t>(width), '-');
  add_line(rule);
  for (const auto& row : table.rows) add_line(row);
  return text;
}

std::string to_markdown(const Table& table) {
  std::string text = "|";
  for (const auto& column : table.columns) text += " " + markdown_cell(column) + " |";
  text += "\n|";
  for (size_t c = 0; c < table.columns.size(); ++c) text += c == 0 ? " :-- |" : " --: |";
  for (const auto& row : table.rows) {
    text += "\n|";
    for (const auto& cell : row) text += " " + markdown_cell(cell) + " |";
  }
  return text + "\n";
}

}  // namespace reconcile::report
