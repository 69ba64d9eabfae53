#include "reconcile/data/npy_folders.h"

namespace reconcile::dataset_entries {
namespace {

struct CityscapesOptions {
  std::string root;
  std::vector<int64_t> size = {128, 256};
  int64_t classes = 7;
  std::vector<std::string> tasks = {"semantic", "depth"};
  double validation_share = 0;
};

NpyFolders cityscapes_of(const CityscapesOptions& options) {
  const NpyTask semantic = npy_task("semantic", TaskKind::kSegmentation, options.classes,
                                    {fmt::format("label_{}", options.classes), "label"});
  const NpyTask depth = npy_task("depth", TaskKind::kDepth, 1, {"depth"});
  return {"cityscapes", choose_tasks({semantic, depth}, options.tasks, "dataset \"cityscapes\": tasks"), options.size,
          options.validation_share};
}

/// The layout that spells every folder by its name number `spelling`, or its last.
FolderLayout cityscapes_layout(const std::string& name, const NpyFolders& data, size_t spelling) {
  std::vector<std::string> arrays = {"image"};
  for (const auto& task : data.tasks) arrays.push_back(task.folders[std::min(spelling, task.folders.size() - 1)]);
  return npy_layout(name, {"cityscapes", "Cityscapes", "CityScapes", "cityscapes2"}, arrays);
}

FoundFolder find_cityscapes(const CityscapesOptions& options) {
  const NpyFolders data = cityscapes_of(options);
  const FolderSearch search{
      data.name,
      {cityscapes_layout("MTAN", data, 0), cityscapes_layout("LibMTL", data, 1)},
      "Fetch MTAN's pre-processed archive (github.com/lorenmt/mtan, \"Cityscapes\"; 128 x 256 or 256 x 512) and unpack "
      "it into <root>/cityscapes. The original pictures (leftImg8bit, gtFine) are another format."};
  return find_folder(search, data_roots(options.root));
}

DataSplits load_cityscapes(const CityscapesOptions& options) {
  return load_npy_folders(cityscapes_of(options), find_cityscapes(options));
}

}  // namespace

/// CityScapes as MTAN prepared it: 2975 training and 500 test images of streets, 128 x 256. Its "depth" is the
/// disparity (PNG / 65535), so inverse depth, 0 where unknown.
DatasetEntry cityscapes_entry() {
  using O = CityscapesOptions;
  return dataset_entry<O>(
      {"cityscapes", "Streets: 7 or 19 classes and inverse depth (MTAN's arrays)",
       "Cordts et al. 2016; as prepared by Liu et al. 2019, arXiv:1803.10704"},
      {option("root", &O::root, any(), kRootHelp),
       option("size", &O::size, at_least(1), "height and width of the arrays"),
       option("classes", &O::classes, one_of({7, 19}), "which labels: folder label_7 or label_19, or LibMTL's label"),
       option("tasks", &O::tasks, any(), "which of semantic and depth, in this order"),
       option("validation_share", &O::validation_share, between(0, 0.9),
              "share of the training images that is held out; 0: no validation, as everybody does")},
      load_cityscapes, [](const O& options) { return signature_of(cityscapes_of(options)); }, {},
      [](const O& options) { return find_cityscapes(options).path; });
}

}  // namespace reconcile::dataset_entries
