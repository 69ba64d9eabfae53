#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "reconcile/report/result_table.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

/// Neighbouring columns of one group: where it begins (from 0) and how many they are.
struct Group {
  std::string name;
  size_t first = 0, count = 0;
};

std::vector<Group> groups_of(const ResultTable& table) {
  std::vector<Group> groups;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const std::string& name = table.columns[c].group;
    if (groups.empty() || groups.back().name != name) groups.push_back({name, c, 0});
    ++groups.back().count;
  }
  return groups;
}

bool has_groups(const ResultTable& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const auto& column) { return !column.group.empty(); });
}

/// The UTF-8 characters that tables use, and what TeX keeps for itself.
std::string latex_text(const std::string& text) {
  static const std::map<std::string, std::string> escapes{{"&", "\\&"},
                                                          {"%", "\\%"},
                                                          {"$", "\\$"},
                                                          {"#", "\\#"},
                                                          {"_", "\\_"},
                                                          {"{", "\\{"},
                                                          {"}", "\\}"},
                                                          {"~", "\\textasciitilde{}"},
                                                          {"^", "\\textasciicircum{}"},
                                                          {"\\", "\\textbackslash{}"},
                                                          {"<", "\\textless{}"},
                                                          {">", "\\textgreater{}"},
                                                          {"|", "\\textbar{}"},
                                                          {"\n", " "},
                                                          {"↑", "$\\uparrow$"},
                                                          {"↓", "$\\downarrow$"},
                                                          {"±", "$\\pm$"},
                                                          {"×", "$\\times$"},
                                                          {"°", "$^\\circ$"}};
  std::string result;
  for (size_t i = 0, length; i < text.size(); i += length) {
    for (length = 1; i + length < text.size() && (static_cast<unsigned char>(text[i + length]) & 0xC0) == 0x80;)
      ++length;
    const auto escape = escapes.find(text.substr(i, length));
    result += escape == escapes.end() ? text.substr(i, length) : escape->second;
  }
  return result;
}

std::string latex_cell(const ResultCell& cell) {
  if (cell.mark == Mark::kBest) return "\\textbf{" + latex_text(cell.text) + "}";
  if (cell.mark == Mark::kSecond) return "\\underline{" + latex_text(cell.text) + "}";
  return latex_text(cell.text);
}

/// The line of tasks above the columns, with a rule below each.
std::string latex_groups(const ResultTable& table) {
  std::string cells, rules;
  for (const auto& [name, first, count] : groups_of(table)) {
    cells += fmt::format(" & \\multicolumn{{{}}}{{c}}{{{}}}", count, latex_text(name));
    if (!name.empty()) rules += fmt::format("\\cmidrule(lr){{{}-{}}}", first + 2, first + count + 1);
  }
  return cells + " \\\\\n" + rules + "\n";
}

std::string html_cell(const ResultCell& cell) {
  const std::string text = escape(cell.text);
  if (cell.mark == Mark::kBest) return "<td><b>" + text + "</b></td>";
  if (cell.mark == Mark::kSecond) return "<td><u>" + text + "</u></td>";
  return "<td>" + text + "</td>";
}

std::string html_groups(const ResultTable& table) {
  std::string cells = "<th></th>";
  for (const auto& [name, first, count] : groups_of(table))
    cells += fmt::format("<th colspan=\"{}\" class=\"group\">{}</th>", count, escape(name));
  return "<tr>" + cells + "</tr>\n";
}

}  // namespace

std::string to_html(const ResultTable& table) {
  std::string head = has_groups(table) ? html_groups(table) : "", body;
  head += "<tr><th>method</th>";
  for (const auto& column : table.columns) head += "<th>" + escape(column.title) + "</th>";
  for (size_t r = 0; r < table.labels.size(); ++r) {
    body += "<tr><td>" + escape(table.labels[r]) + "</td>";
    for (const auto& cell : table.cells[r]) body += html_cell(cell);
    body += "</tr>\n";
  }
  return fmt::format("<div class=\"scroll\"><table>\n<thead>{}</tr>\n</thead>\n<tbody>\n{}</tbody>\n</table></div>\n",
                     head, body);
}

std::string to_latex(const ResultTable& table, const std::string& caption) {
  std::string head = has_groups(table) ? latex_groups(table) : "", body;
  head += "Method";
  for (const auto& column : table.columns) head += " & " + latex_text(column.title);
  for (size_t r = 0; r < table.labels.size(); ++r) {
    body += latex_text(table.labels[r]);
    for (const auto& cell : table.cells[r]) body += " & " + latex_cell(cell);
    body += " \\\\\n";
  }
  return fmt::format(
      "% needs \\usepackage{{booktabs}}\n\\begin{{table}}\n\\centering\n\\caption{{{}}}\n\\begin{{tabular}}{{l{}}}\n"
      "\\toprule\n{} \\\\\n\\midrule\n{}\\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n",
      latex_text(caption), std::string(table.columns.size(), 'r'), head, body);
}

}  // namespace reconcile::report
