#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include "reconcile/base/file.h"
#include "reconcile/base/options.h"

namespace reconcile::report {

/// The records that tests/data/report/make_fixtures.py writes: "pipeline" or "train".
inline std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(RECONCILE_SOURCE_DIR) / "tests/data/report" / name;
}

/// A copy of a fixture that a test may damage; removed at the end.
class Copy {
 public:
  explicit Copy(const std::string& name) {
    static std::atomic<int> count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("reconcile-report-" + std::to_string(getpid()) + "-" + std::to_string(count++));
    std::filesystem::copy(fixture(name), path_, std::filesystem::copy_options::recursive);
  }
  ~Copy() { std::filesystem::remove_all(path_); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string read(const std::string& file) const { return read_file(path_ / file); }
  void write(const std::string& file, const std::string& text) const { write_atomically(path_ / file, text); }

  /// Changes summary.json.
  void edit(const std::function<void(Json&)>& change) const {
    Json summary = Json::parse(read("summary.json"));
    change(summary);
    write("summary.json", summary.dump());
  }

 private:
  std::filesystem::path path_;
};

/// The message of the E that `f` throws; "" if it throws none.
template <class E, class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// How often `part` stands in `text`.
inline size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace reconcile::report
