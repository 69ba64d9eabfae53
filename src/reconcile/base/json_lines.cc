#include "reconcile/base/json_lines.h"

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_file.h"

namespace reconcile {

std::vector<Json> read_json_lines(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  std::vector<Json> records;
  size_t begin = 0;
  for (size_t line = 1; begin < text.size(); ++line) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    const std::string place = fmt::format("{}:{}", path.string(), line);
    Json record = unseal(std::string_view(text).substr(begin, end - begin), place);
    if (!record.is_object()) fail<DataError>("{}: not a JSON object; the file was damaged.", place);
    records.push_back(std::move(record));
    begin = end + 1;
  }
  return records;
}

std::vector<Json> read_run_records(const std::filesystem::path& directory) {
  const auto path = directory / "run.jsonl";
  const bool has_finished = std::filesystem::exists(directory / "result.json");  // asked first: it may finish meanwhile
  std::vector<Json> records = read_json_lines(path);
  const bool has_end = !records.empty() && records.back().value("type", "") == "end";
  if (has_finished && !has_end) {
    fail<DataError>("{}: ends after {} records, but the run has finished: it was cut. Restore it, or train again.",
                    path.string(), records.size());
  }
  return records;
}

Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

}  // namespace reconcile
