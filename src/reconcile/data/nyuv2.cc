#include "reconcile/data/npy_folders.h"

namespace reconcile::dataset_entries {
namespace {

struct NyuV2Options {
  std::string root;
  std::vector<int64_t> size = {288, 384};
  std::vector<std::string> tasks = {"semantic", "depth", "normal"};
  double validation_share = 0;
  bool compat_zero_sum_normals = false;
};

NpyFolders nyuv2_of(const NyuV2Options& options) {
  const NpyTask semantic = npy_task("semantic", TaskKind::kSegmentation, 13, {"label"});
  const NpyTask depth = npy_task("depth", TaskKind::kDepth, 1, {"depth"});
  const NpyTask normal = npy_task("normal", TaskKind::kNormals, 3, {"normal"});
  return {"nyuv2", choose_tasks({semantic, depth, normal}, options.tasks, "dataset \"nyuv2\": tasks"), options.size,
          options.validation_share, options.compat_zero_sum_normals};
}

FoundFolder find_nyuv2(const NyuV2Options& options) {
  const NpyFolders data = nyuv2_of(options);
  std::vector<std::string> arrays = {"image"};
  for (const auto& task : data.tasks) arrays.push_back(task.folders.front());
  const FolderSearch search{
      data.name,
      {npy_layout("MTAN", {"nyuv2", "NYUv2", "nyu_v2", "nyu"}, arrays)},
      "Fetch MTAN's pre-processed archive (github.com/lorenmt/mtan, \"NYUv2\"; about 9 GB) and unpack it into "
      "<root>/nyuv2; `reconcile data make rooms` writes a drawn data set in the same folders."};
  return find_folder(search, data_roots(options.root));
}

DataSplits load_nyuv2(const NyuV2Options& options) { return load_npy_folders(nyuv2_of(options), find_nyuv2(options)); }

}  // namespace

/// NYUv2 as MTAN prepared it and everybody uses it: 795 training and 654 test images of rooms, 288 x 384.
DatasetEntry nyuv2_entry() {
  using O = NyuV2Options;
  return dataset_entry<O>(
      {"nyuv2", "Rooms: 13 classes, depth in metres and surface normals (MTAN's arrays)",
       "Silberman et al. 2012; as prepared by Liu et al. 2019, arXiv:1803.10704"},
      {option("root", &O::root, any(), kRootHelp),
       option("size", &O::size, at_least(1), "height and width of the arrays"),
       option("tasks", &O::tasks, any(), "which of semantic, depth and normal, in this order"),
       option("validation_share", &O::validation_share, between(0, 0.9),
              "share of the training images that is held out; 0: no validation, as everybody does"),
       option("compat_zero_sum_normals", &O::compat_zero_sum_normals, any(),
              "as published code: a normal whose components sum to exactly 0 is unknown; else only if all are 0")},
      load_nyuv2, [](const O& options) { return signature_of(nyuv2_of(options)); }, {},
      [](const O& options) { return find_nyuv2(options).path; });
}

}  // namespace reconcile::dataset_entries
