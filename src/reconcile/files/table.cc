#include "reconcile/files/table.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <string>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

/// Cuts text into records.
class Records {
 public:
  Records(std::string_view text, const std::filesystem::path& path) : text_(text), path_(path) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    if (text_.find('\0') != std::string_view::npos || !is_utf8(text_)) {
      fail<DataError>("{}: no text in UTF-8. Save the table as CSV in UTF-8.", path.string());
    }
    separator_ = text_.substr(0, text_.find('\n')).find('\t') == std::string_view::npos ? ',' : '\t';
  }

  /// Skips empty lines; false at the end.
  bool skip() {
    while (!text_.empty() && (text_[0] == '\n' || text_.starts_with("\r\n"))) take(text_[0] == '\n' ? 1 : 2);
    return !text_.empty();
  }

  /// The fields up to the end of the line.
  std::vector<std::string> next() {
    std::vector<std::string> fields;
    while (true) {
      fields.push_back(text_.starts_with('"') ? quoted() : plain());
      if (!text_.starts_with(separator_)) break;
      take(1);
    }
    if (!text_.empty()) take(text_[0] == '\n' ? 1 : 2);
    return fields;
  }
  [[nodiscard]] int64_t line() const { return line_; }

 private:
  void take(size_t count) {
    line_ += std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(count), '\n');
    text_.remove_prefix(count);
  }

  [[nodiscard]] bool at_end() const { return text_.empty() || text_[0] == '\n' || text_.starts_with("\r\n"); }

  std::string plain() {
    size_t length = 0;
    while (length < text_.size() && text_[length] != separator_ && text_[length] != '\n') ++length;
    if (length > 0 && length < text_.size() && text_[length] == '\n' && text_[length - 1] == '\r') --length;
    std::string field(trim(text_.substr(0, length)));
    take(length);
    return field;
  }

  std::string quoted() {
    const int64_t begin = line_;
    std::string field;
    take(1);
    while (true) {
      const size_t length = text_.find('"');
      if (length == std::string_view::npos) {
        fail<DataError>("{}:{}: a quote does not end. Close it, or double it where it is meant.", path_.string(),
                        begin);
      }
      field += text_.substr(0, length);
      take(length + 1);
      if (!text_.starts_with('"')) break;
      field += '"';
      take(1);
    }
    if (!at_end() && !text_.starts_with(separator_)) {
      fail<DataError>("{}:{}: text behind a closing quote. Double quotes where they are meant.", path_.string(), line_);
    }
    return field;
  }

  std::string_view text_;
  const std::filesystem::path& path_;
  char separator_ = ',';
  int64_t line_ = 1;
};

void check_names(const Table& table) {
  std::set<std::string> seen;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i];
    if (name.empty()) fail<DataError>("{}:1: column {} has no name. Give it one.", table.path.string(), i + 1);
    if (!seen.insert(name).second) {
      fail<DataError>("{}:1: two columns are called \"{}\". Rename one.", table.path.string(), name);
    }
  }
}

}  // namespace

Table read_table(const std::filesystem::path& path) { return parse_table(read_file(path), path); }

Table parse_table(std::string_view text, const std::filesystem::path& path) {
  Table table{path, {}, {}, {}};
  Records records(text, path);
  if (!records.skip()) fail<DataError>("{}: empty. The first line must name the columns.", path.string());
  table.columns = records.next();
  check_names(table);
  while (records.skip()) {
    table.lines.push_back(records.line());
    table.rows.push_back(records.next());
    if (table.rows.back().size() == table.columns.size()) continue;
    fail<DataError>("{}:{}: {} field(s), the first line names {} column(s).", path.string(), table.lines.back(),
                    table.rows.back().size(), table.columns.size());
  }
  return table;
}

int64_t Table::column(const std::string& name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) {
    fail<DataError>("{}: no column \"{}\".{} It has {}.", path.string(), name, did_you_mean(name, columns),
                    fmt::join(columns, ", "));
  }
  return found - columns.begin();
}

double Table::number(int64_t row, int64_t column) const {
  std::string_view text = rows.at(static_cast<size_t>(row)).at(static_cast<size_t>(column));
  if (text.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail<DataError>("{}:{}: column \"{}\" is \"{}\", must be a number.", path.string(),
                    lines.at(static_cast<size_t>(row)), columns.at(static_cast<size_t>(column)), text);
  }
  return value;
}

}  // namespace reconcile
