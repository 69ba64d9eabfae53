#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/paths.h"
#include "reconcile/base/text.h"
#include "reconcile/core/target.h"
#include "reconcile/data/npy_folders.h"
#include "reconcile/data/pascal_context_targets.h"
#include "reconcile/data/sample_set.h"
#include "reconcile/files/mat.h"
#include "reconcile/files/picture.h"

namespace reconcile::dataset_entries {
namespace fs = std::filesystem;
namespace {

struct PascalContextOptions {
  std::string root;
  std::vector<int64_t> size = {512, 512};
  std::vector<std::string> tasks = {"semseg", "parts", "saliency", "normals", "edges"};
  std::vector<int64_t> normal_classes;
  double validation_share = 0;
};

const char* const kLabelMaps = "pascal-context/trainval";

NpyFolders pascal_of(const PascalContextOptions& options) {
  const NpyTask semseg = npy_task("semseg", TaskKind::kSegmentation, 21, {"semseg/VOC12", "semseg/pascal-context"});
  const NpyTask parts = npy_task("parts", TaskKind::kParts, 7, {"human_parts"});
  const NpyTask saliency = npy_task("saliency", TaskKind::kSaliency, 1, {"sal_distill"});
  const NpyTask normals = npy_task("normals", TaskKind::kNormals, 3, {"normals_distill"});
  const NpyTask edges = npy_task("edges", TaskKind::kEdges, 1, {kLabelMaps});
  return {"pascal_context",
          choose_tasks({semseg, parts, saliency, normals, edges}, options.tasks, "dataset \"pascal_context\": tasks"),
          options.size, options.validation_share};
}

/// The images of one part, and how their targets are made.
struct PascalSamples {
  fs::path folder;
  std::vector<std::string> ids;
  std::vector<int64_t> size;
  std::vector<int64_t> normal_classes;

  [[nodiscard]] fs::path path(const fs::path& below, int64_t i, const char* ending) const {
    return folder / below / fmt::format("{}{}", ids[i], ending);
  }
  [[nodiscard]] at::Tensor label_map(int64_t i) const;
  [[nodiscard]] at::Tensor on_canvas(const at::Tensor& values, at::Tensor canvas, const fs::path& path) const;
  [[nodiscard]] at::Tensor image(int64_t i) const;
  [[nodiscard]] fs::path target_path(const NpyTask& task, int64_t i) const;
  [[nodiscard]] at::Tensor target_values(const Task& task, int64_t i, const fs::path& path) const;
  [[nodiscard]] at::Tensor target(const NpyTask& task, int64_t i) const;
};

at::Tensor PascalSamples::label_map(int64_t i) const {
  const MatValue map = read_mat(path(kLabelMaps, i, ".mat"), "LabelMap");
  if (map.numbers().dim() != 2) {
    fail<DataError>("{}: has {} dimensions, must have 2.", map.where(), map.numbers().dim());
  }
  return map.numbers();
}

/// Lays `values` [..., h, w] onto the upper left of the canvas [..., H, W].
at::Tensor PascalSamples::on_canvas(const at::Tensor& values, at::Tensor canvas, const fs::path& path) const {
  const int64_t height = values.size(-2);
  const int64_t width = values.size(-1);
  if (height > size[0] || width > size[1]) {
    fail<DataError>("{}: {} x {} (height x width), the canvas has {} x {}. Set size = [{}, {}] or more in [data].",
                    path.string(), height, width, size[0], size[1], std::max(height, size[0]),
                    std::max(width, size[1]));
  }
  canvas.slice(-2, 0, height).slice(-1, 0, width).copy_(values);
  return canvas;
}

at::Tensor PascalSamples::image(int64_t i) const {
  const fs::path file = path("JPEGImages", i, ".jpg");
  const at::Tensor picture = read_picture(file).to(at::kFloat).div_(255);
  return on_canvas(picture.expand({3, -1, -1}), at::full({3, size[0], size[1]}, 0.5), file);
}

/// Of the folders of a task, the first that has the image.
fs::path PascalSamples::target_path(const NpyTask& task, int64_t i) const {
  const char* ending = task.folders.front() == "human_parts" || task.folders.front() == kLabelMaps ? ".mat" : ".png";
  std::vector<std::string> names;
  for (const auto& below : task.folders) names.push_back(fmt::format("{}/{}{}", below, ids[i], ending));
  fs::path found = find_one(folder, names);
  if (found.empty()) {
    fail<DataError>("{}: expected {}, found neither. Unpack the archive again.", folder.string(),
                    fmt::join(names, " or "));
  }
  return found;
}

/// [h, w] or [channels, h, w] before it is padded; undefined if nothing is known.
at::Tensor PascalSamples::target_values(const Task& task, int64_t i, const fs::path& path) const {
  switch (task.kind) {
    case TaskKind::kSegmentation: {
      const at::Tensor classes = read_label_picture(path).to(at::kLong);
      return classes.masked_fill_(classes.eq(255), kVoid);
    }
    case TaskKind::kParts:
      return pascal_parts(read_mat(path, "anno"));
    case TaskKind::kSaliency:
      return read_picture(path).slice(0, 0, 1).ge(128).to(at::kFloat);
    case TaskKind::kNormals: {
      const at::Tensor picture = read_picture(path);
      const at::Tensor map = label_map(i);
      if (picture.size(0) != 3 || picture.sizes().slice(1) != map.sizes()) {
        fail<DataError>("{}: its shape is [{}], the LabelMap of the image asks for [3, {}].", path.string(),
                        fmt::join(picture.sizes(), ", "), fmt::join(map.sizes(), ", "));
      }
      return pascal_normals(picture, map, normal_classes);
    }
    default:
      return pascal_edges(label_map(i));
  }
}

at::Tensor PascalSamples::target(const NpyTask& task, int64_t i) const {
  const fs::path file = target_path(task, i);
  const at::Tensor values = target_values(task.task, i, file);
  return values.defined() ? on_canvas(values, unknown_target(task.task, size[0], size[1]), file) : values;
}

/// The ids in a list, one a line.
std::vector<std::string> read_ids(const fs::path& list) {
  std::vector<std::string> ids;
  for (auto& line : split(read_file(list), '\n')) {
    if (line.empty()) continue;
    if (!stays_inside(line)) {
      fail<DataError>("{}: \"{}\" lies outside the data. Is the list from a source you trust?", list.string(), line);
    }
    ids.push_back(std::move(line));
  }
  if (ids.empty()) fail<DataError>("{}: names no image.", list.string());
  return ids;
}

std::shared_ptr<const Dataset> pascal_set(const NpyFolders& data, PascalSamples samples) {
  const auto shared = std::make_shared<const PascalSamples>(std::move(samples));
  const int64_t count = std::ssize(shared->ids);
  const Column input{count, [shared](int64_t i) { return shared->image(i); },
                     [shared](int64_t i) { return shared->path("JPEGImages", i, ".jpg").string(); }};
  std::vector<Column> targets;
  for (const auto& task : data.tasks) {
    targets.push_back({count, [shared, task](int64_t i) { return shared->target(task, i); },
                       [shared, task](int64_t i) { return shared->target_path(task, i).string(); }});
  }
  const DataSignature signature = signature_of(data);
  auto set = std::make_shared<SampleSet>(signature.tasks, signature.input_shape, std::vector{input}, std::move(targets),
                                         WhenShorter::kUnknown);
  if (count > 0) (void)set->batch(std::vector<int64_t>{0});  // a wrong folder is found now, not after an epoch
  return set;
}

FoundFolder find_pascal(const NpyFolders& data, const std::string& root) {
  FolderLayout layout{"PASCAL_MT",
                      {"PASCAL_MT", "PASCALContext", "pascal_context"},
                      {{"ImageSets/Context/train.txt"}, {"ImageSets/Context/val.txt"}, {"JPEGImages"}}};
  for (const auto& task : data.tasks) {
    layout.holds.push_back(task.folders);
    if (task.task.kind == TaskKind::kNormals) layout.holds.push_back({kLabelMaps});
  }
  return find_folder({data.name,
                      {layout},
                      "Fetch PASCAL_MT.tgz (Maninis et al., data.vision.ee.ethz.ch/kmaninis/share/MTL) and unpack it "
                      "into <root>/PASCAL_MT."},
                     data_roots(root));
}

DataSplits load_pascal(const PascalContextOptions& options) {
  const NpyFolders data = pascal_of(options);
  (void)signature_of(data);
  const FoundFolder found = find_pascal(data, options.root);
  const auto lists = found.path / "ImageSets/Context";
  const auto ids = read_ids(lists / "train.txt");
  const auto [train, validation] = choose_held_out(std::ssize(ids), data.validation_share);
  const auto set = [&](const std::vector<int64_t>& samples, const std::vector<std::string>& from) {
    PascalSamples part{found.path, {}, options.size, options.normal_classes};
    for (const int64_t i : samples) part.ids.push_back(from[i]);
    return pascal_set(data, std::move(part));
  };
  DataSplits splits;
  splits.train = set(train, ids);
  splits.validation = set(validation, ids);
  splits.test = pascal_set(data, {found.path, read_ids(lists / "val.txt"), options.size, options.normal_classes});
  splits.fingerprint = {{"source", data.name},        {"layout", found.layout.name},
                        {"size", data.size},          {"normal_classes", options.normal_classes},
                        {"train", train.size()},      {"validation", validation.size()},
                        {"test", splits.test->size()}};
  return splits;
}

}  // namespace

/// PASCAL-Context as Maninis et al. packed it: 4998 training and 5105 test images, up to five tasks. Images stand at
/// the upper left of a canvas; what lies beside them is gray, and unknown in all targets.
DatasetEntry pascal_context_entry() {
  using O = PascalContextOptions;
  return dataset_entry<O>(
      {"pascal_context", "Photographs: classes, body parts, saliency, normals and edges (PASCAL_MT)",
       "Maninis et al. 2019, arXiv:1904.08918; images of PASCAL VOC 2010"},
      {option("root", &O::root, any(), kRootHelp),
       option("size", &O::size, at_least(1), "height and width of the canvas; no image may be larger"),
       option("tasks", &O::tasks, any(), "which of semseg, parts, saliency, normals and edges, in this order"),
       option("normal_classes", &O::normal_classes, at_least(0),
              "numbers in LabelMap where normals are trusted; empty: all but 0"),
       option("validation_share", &O::validation_share, between(0, 0.9),
              "share of the training images that is held out; 0: no validation, as everybody does")},
      load_pascal, [](const O& options) { return signature_of(pascal_of(options)); }, {},
      [](const O& options) { return find_pascal(pascal_of(options), options.root).path; });
}

}  // namespace reconcile::dataset_entries
