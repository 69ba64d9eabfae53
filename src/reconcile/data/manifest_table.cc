#include "reconcile/data/manifest_table.h"

#include <ATen/ATen.h>

#include <cmath>
#include <set>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/core/target.h"

namespace reconcile {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// The number that a whole text is, from 0; nothing if it is none.
std::optional<int64_t> class_number(const std::string& text) {
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoll(text);
}

}  // namespace

SampleTable::SampleTable(const Manifest& manifest, const std::string& csv) : table_(read_table(manifest.root / csv)) {
  const bool is_input = csv == manifest.table;
  const bool by_number = is_input && manifest.id.empty();
  const int64_t column = by_number || manifest.id.empty() ? 0 : table_.column(manifest.id);
  for (int64_t row = 0; row < std::ssize(table_.rows); ++row) {
    ids_.push_back(by_number ? fmt::format("{}", row + 1) : table_.rows[row][column]);
    const auto [before, is_new] = row_of_.try_emplace(ids_.back(), row);
    if (is_new) continue;
    fail<DataError>("{}:{}: \"{}\" stands in line {} too. A sample has one row.", table_.path.string(),
                    table_.lines[row], ids_.back(), table_.lines[before->second]);
  }
}

at::Tensor SampleTable::numbers(const std::vector<std::string>& ids, const std::vector<std::string>& columns) const {
  at::Tensor result = at::empty({std::ssize(ids), std::ssize(columns)}, at::kDouble);
  auto cells = result.accessor<double, 2>();
  for (int64_t c = 0; c < std::ssize(columns); ++c) {
    const int64_t column = table_.column(columns[c]);
    for (int64_t i = 0; i < std::ssize(ids); ++i) {
      const auto row = row_of_.find(ids[i]);
      if (row == row_of_.end()) fail<DataError>("{}: no row for the sample \"{}\".", table_.path.string(), ids[i]);
      cells[i][c] = table_.number(row->second, column);
      if (std::isfinite(cells[i][c])) continue;
      fail<DataError>("{}:{}: {} = \"{}\", an input must be a number.", table_.path.string(), table_.lines[row->second],
                      columns[c], table_.rows[row->second][column]);
    }
  }
  return result;
}

double SampleTable::value(const ManifestTask& task, int64_t row, int64_t column) const {
  const std::string& text = table_.rows[row][column];
  if (text.empty()) return kUnknown;
  if (!task.names.empty()) {
    const auto name = std::find(task.names.begin(), task.names.end(), text);
    if (name != task.names.end()) return static_cast<double>(name - task.names.begin());
    fail<DataError>("{}:{}: {} = \"{}\", no class of task \"{}\" is called that.{} Its names are {}.",
                    table_.path.string(), table_.lines[row], table_.columns[column], text, task.task.name,
                    did_you_mean(text, task.names), fmt::join(task.names, ", "));
  }
  const double number = table_.number(row, column);
  if (std::isnan(number) || number == task.ignore || number == task.invalid) return kUnknown;
  if (task.task.kind == TaskKind::kRegression) return number * task.scale;
  const double last = static_cast<double>(task.task.kind == TaskKind::kMultiLabel ? 1 : task.task.num_outputs - 1);
  if (number != std::floor(number) || number < kVoid || number > last) {
    fail<DataError>("{}:{}: {} = {}, task \"{}\" needs whole numbers 0 ... {}. Set `ignore` if it means unknown.",
                    table_.path.string(), table_.lines[row], table_.columns[column], text, task.task.name, last);
  }
  return number < 0 ? kUnknown : number;
}

at::Tensor SampleTable::targets(const ManifestTask& task, const std::vector<std::string>& ids) const {
  at::Tensor values = at::full({std::ssize(ids), std::ssize(task.columns)}, kUnknown, at::kDouble);
  auto cells = values.accessor<double, 2>();
  for (int64_t c = 0; c < std::ssize(task.columns); ++c) {
    const int64_t column = table_.column(task.columns[c]);
    for (int64_t i = 0; i < std::ssize(ids); ++i) {
      const auto row = row_of_.find(ids[i]);
      if (row != row_of_.end()) cells[i][c] = value(task, row->second, column);
    }
  }
  if (task.task.kind == TaskKind::kRegression) return values.to(at::kFloat);
  values = values.nan_to_num(kVoid);
  return is_class(task.task.kind) ? values.flatten().to(at::kLong) : values.to(at::kFloat);
}

std::vector<std::string> SampleTable::values(const std::string& column) const {
  std::set<std::string> found;
  const int64_t index = table_.column(column);
  for (const auto& row : table_.rows) found.insert(row[index]);
  found.erase("");
  return {found.begin(), found.end()};
}

int64_t name_classes(const Manifest& manifest, ManifestTask& task) {
  const std::string& csv = task.csv.empty() ? manifest.table : task.csv;
  const auto texts = SampleTable(manifest, csv).values(task.columns.front());
  int64_t count = 0;
  for (const auto& text : texts) {
    const auto number = class_number(text);
    if (!number || (std::isfinite(task.ignore) && static_cast<double>(*number) == task.ignore)) continue;
    count = std::max(count, *number + 1);
  }
  const bool all_numbers =
      std::all_of(texts.begin(), texts.end(), [](const auto& text) { return class_number(text).has_value(); });
  if (!all_numbers) task.names = texts;
  if (!all_numbers) count = std::ssize(texts);
  if (count < 2) {
    fail<DataError>("{}: column {} holds {} class{}, a task needs two.", (manifest.root / csv).string(),
                    task.columns.front(), count, count == 1 ? "" : "es");
  }
  return count;
}

Standard::Standard(const at::Tensor& known) {
  const at::Tensor is_known = known.isnan().logical_not();
  const at::Tensor count = is_known.sum(0).clamp_min(1);
  mean = known.nan_to_num(0).sum(0) / count;
  deviation = (known - mean).nan_to_num(0).square().sum(0).div(count).sqrt();
  deviation = at::where(deviation > 0, deviation, at::ones_like(deviation));
}

at::Tensor Standard::of(const at::Tensor& values) const { return (values - mean) / deviation; }

}  // namespace reconcile
