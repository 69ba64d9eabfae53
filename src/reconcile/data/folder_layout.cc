#include "reconcile/data/folder_layout.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <system_error>

#include "reconcile/base/error.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

bool has_layout(const fs::path& folder, const FolderLayout& layout) {
  return std::all_of(layout.holds.begin(), layout.holds.end(),
                     [&](const auto& names) { return !find_one(folder, names).empty(); });
}

/// Whether the path's last parts are those of `tail`.
bool ends_with(const fs::path& path, const fs::path& tail) {
  const fs::path whole = fs::absolute(path / "").lexically_normal().parent_path();
  return whole.generic_string().ends_with((fs::path("/") / tail).generic_string());
}

/// The folder of this layout below `root`, or the root itself, or "".
fs::path find_layout(const fs::path& root, const FolderLayout& layout, bool by_name) {
  for (const auto& folder : layout.folders) {
    if (has_layout(root / folder, layout)) return root / folder;
  }
  const bool named = std::any_of(layout.folders.begin(), layout.folders.end(),
                                 [&](const fs::path& folder) { return ends_with(root, folder); });
  return (named || !by_name) && has_layout(root, layout) ? root : fs::path();
}

std::string join_paths(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  for (const auto& path : paths) texts.push_back(path.generic_string());
  return fmt::format("{}", fmt::join(texts, " or "));
}

/// "mnist or MNIST/raw with train-images or train-images.gz (IDX)".
std::string expected_text(const FolderLayout& layout) {
  std::vector<std::string> holds;
  for (const auto& names : layout.holds) holds.push_back(fmt::format("{}", fmt::join(names, " or ")));
  const std::string folders = layout.folders.empty() ? "" : join_paths(layout.folders) + " with ";
  return fmt::format("{}{} ({})", folders, fmt::join(holds, ", "), layout.name);
}

/// What was expected below `root`, and what is there and in the folders that have the right name.
std::string not_found_text(const FolderSearch& search, const fs::path& root) {
  std::vector<std::string> expected;
  std::set<fs::path> near;
  for (const auto& layout : search.layouts) {
    expected.push_back(expected_text(layout));
    for (const auto& folder : layout.folders) {
      std::error_code ignored;
      if (fs::is_directory(root / folder, ignored)) near.insert(root / folder);
    }
  }
  std::string text =
      fmt::format("\n  {}: expected {}, found {}", root.string(), fmt::join(expected, "; or "), contents(root));
  for (const auto& folder : near) text += fmt::format("\n  {}: found {}", folder.string(), contents(folder));
  return text;
}

std::vector<std::string> names_in(const fs::path& folder, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return names;
  for (const auto& item : fs::directory_iterator(folder, error)) {
    if (item.is_directory(error) == folders) names.push_back(item.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<fs::path> data_roots(const std::string& root) {
  if (!root.empty()) return {root};
  if (const char* given = std::getenv("RECONCILE_DATA"); given != nullptr && *given != '\0') return {given};
  return {"../shared/data", "data"};
}

FoundFolder find_folder(const FolderSearch& search, const std::vector<fs::path>& roots) {
  std::string looked;
  for (const auto& root : roots) {
    for (const auto& layout : search.layouts) {
      const fs::path folder = find_layout(root, layout, search.by_name);
      if (!folder.empty()) return {folder, layout};
    }
    looked += not_found_text(search, root);
  }
  fail<DataError>("{}: not found. Looked in{}\n{}", search.name, looked, search.advice);
}

fs::path find_one(const fs::path& folder, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    std::error_code ignored;
    if (fs::exists(folder / name, ignored)) return folder / name;
  }
  return {};
}

std::string contents(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return "no such folder";
  std::vector<std::string> names;
  for (const auto& item : fs::directory_iterator(folder, error)) names.push_back(item.path().filename().string());
  if (error) return error.message();
  if (names.empty()) return "nothing";
  std::sort(names.begin(), names.end());
  const bool is_long = names.size() > 8;
  if (is_long) names.resize(8);
  return fmt::format("{}{}", fmt::join(names, ", "), is_long ? ", ..." : "");
}

std::vector<std::string> folders_in(const fs::path& folder) { return names_in(folder, true); }

std::vector<std::string> files_in(const fs::path& folder) { return names_in(folder, false); }

}  // namespace reconcile
