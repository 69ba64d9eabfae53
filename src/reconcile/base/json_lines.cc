#include "reconcile/base/json_lines.h"

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"

namespace reconcile {

std::vector<Json> read_json_lines(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  std::vector<Json> records;
  size_t begin = 0;
  for (size_t line = 1; begin < text.size(); ++line) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    Json record = Json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                              text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!record.is_object()) fail<DataError>("{}:{}: not a JSON object; the file was damaged.", path.string(), line);
    records.push_back(std::move(record));
    begin = end + 1;
  }
  return records;
}

Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

}  // namespace reconcile
