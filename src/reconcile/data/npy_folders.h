#pragma once

#include "reconcile/data/dataset.h"
#include "reconcile/data/folder_layout.h"

namespace reconcile {

/// A task whose targets lie in a folder of their own.
struct NpyTask {
  Task task;
  std::vector<std::string> folders;  ///< its names; the first that is there
};
NpyTask npy_task(std::string name, TaskKind kind, int64_t num_outputs, std::vector<std::string> folders);

/// Data that lie as MTAN's archives do: <folder>/{train,val}/{image,...}/<i>.npy, i = 0 ... N - 1, channels last. Their
/// "val" is what everybody tests on.
struct NpyFolders {
  std::string name;
  std::vector<NpyTask> tasks;
  std::vector<int64_t> size;    ///< height, width
  double validation_share = 0;  ///< of the training samples, chosen once for all; 0: none are held out
  /// A normal whose components sum to exactly 0 is unknown, as in everybody's code; else only if all three are 0.
  bool zero_sum_is_unknown = false;
};

/// Those of `all` that are named, in that order. InvalidArgument, beginning with `where`, for a name that is none, or
/// is there twice, and if there is none.
std::vector<NpyTask> choose_tasks(const std::vector<NpyTask>& all, const std::vector<std::string>& names,
                                  const std::string& where);

/// What `load_npy_folders` will give. InvalidArgument if `size` is no height and width.
DataSignature signature_of(const NpyFolders& data);

/// Layouts for a search: folders below a root, and the arrays that both parts must have.
FolderLayout npy_layout(std::string name, std::vector<std::filesystem::path> folders,
                        const std::vector<std::string>& arrays);

/// The numbers of the training samples and of those held out, `share` of them, both ascending.
std::pair<std::vector<int64_t>, std::vector<int64_t>> choose_held_out(int64_t count, double share);

/// The samples, read from the mapped files when they are asked for. DataError if numbers are missing, or if the first
/// sample of a part does not fit; what else does not fit is found when it is read.
DataSplits load_npy_folders(const NpyFolders& data, const FoundFolder& found);

}  // namespace reconcile
