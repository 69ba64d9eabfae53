#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace reconcile {

/// One way in which people keep a data set.
struct FolderLayout {
  std::string name;                             ///< what fingerprints and messages call it
  std::vector<std::filesystem::path> folders;   ///< below a root, the usual one first
  std::vector<std::vector<std::string>> holds;  ///< paths inside such a folder; of each list one must be there
};

/// A data set that is looked for.
struct FolderSearch {
  std::string name;  ///< "nyuv2", for messages
  std::vector<FolderLayout> layouts;
  std::string advice;  ///< ends the message: where the files are to be had
  /// A root may be such a folder itself only if it is called so: what it holds could be another data set.
  bool by_name = false;
};

struct FoundFolder {
  std::filesystem::path path;
  FolderLayout layout;  ///< the one it has
};

/// Where data sets are looked for: `root` if it is not empty, else $RECONCILE_DATA if set, else ../shared/data and
/// ./data.
std::vector<std::filesystem::path> data_roots(const std::string& root);

/// The help of the option `root` of every data set.
constexpr const char* kRootHelp = "folder of the data sets; empty: $RECONCILE_DATA, else ../shared/data, else ./data";

/// The first folder below one of the roots, or a root itself, that has one of the layouts. DataError lists what was
/// expected and what is there.
FoundFolder find_folder(const FolderSearch& search, const std::vector<std::filesystem::path>& roots);

/// The first of `names` that is in `folder`, or "" if none is.
std::filesystem::path find_one(const std::filesystem::path& folder, const std::vector<std::string>& names);

/// What a folder holds, for messages: "no such folder", "nothing", or some of the names in it.
std::string contents(const std::filesystem::path& folder);

/// The names of the folders, or of the files, inside `folder`, sorted; none if it is no folder.
std::vector<std::string> folders_in(const std::filesystem::path& folder);
std::vector<std::string> files_in(const std::filesystem::path& folder);

}  // namespace reconcile
