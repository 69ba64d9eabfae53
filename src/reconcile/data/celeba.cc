#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <unordered_set>

#include "reconcile/base/error.h"
#include "reconcile/data/celeba_files.h"
#include "reconcile/data/dataset.h"
#include "reconcile/data/folder_layout.h"
#include "reconcile/data/picture_list.h"

namespace reconcile::dataset_entries {
namespace {

namespace fs = std::filesystem;

struct CelebaOptions {
  std::string root;
  std::vector<int64_t> size = {64, 64};
  std::string answers = "classes";
};

DataSignature celeba_signature(const CelebaOptions& options) {
  if (options.size.size() != 2) {
    fail<InvalidArgument>("dataset \"celeba\": size = [{}], must be [height, width].", fmt::join(options.size, ", "));
  }
  const bool classes = options.answers == "classes";
  DataSignature signature{{}, {3, options.size[0], options.size[1]}};
  for (const auto& name : celeba_attributes()) {
    signature.tasks.push_back(classes ? Task{name, TaskKind::kClassification, 2}
                                      : Task{name, TaskKind::kMultiLabel, 1});
  }
  return signature;
}

/// `holds`: the pictures, the attributes, the partition.
FolderSearch celeba_search() {
  const std::vector<fs::path> folders = {"celeba", "CelebA", "celebA"};
  return {"celeba",
          {{"torchvision", folders, {{"img_align_celeba"}, {"list_attr_celeba.txt"}, {"list_eval_partition.txt"}}},
           {"original",
            folders,
            {{"Img/img_align_celeba"}, {"Anno/list_attr_celeba.txt"}, {"Eval/list_eval_partition.txt"}}},
           {"Kaggle",
            folders,
            {{"img_align_celeba/img_align_celeba", "img_align_celeba"},
             {"list_attr_celeba.csv"},
             {"list_eval_partition.csv"}}}},
          "Fetch img_align_celeba.zip, list_attr_celeba.txt and list_eval_partition.txt "
          "(mmlab.ie.cuhk.edu.hk/projects/CelebA.html) and unpack them into <root>/celeba."};
}

void require_pictures(const fs::path& folder, const std::vector<std::string>& names) {
  const auto there = files_in(folder);
  const std::unordered_set<std::string> known(there.begin(), there.end());
  const auto lost = std::find_if(names.begin(), names.end(), [&](const auto& name) { return !known.contains(name); });
  if (lost == names.end()) return;
  fail<DataError>(
      "{}: expected the {} pictures of the lists, found {} files; {} is not there. Unpack the archive again.",
      folder.string(), names.size(), there.size(), *lost);
}

/// The answers to one question; `answers` [N, 40] of the samples of a part.
Column answer_column(const at::Tensor& answers, const Task& task, int64_t question, const Column& pictures) {
  const bool classes = is_class(task.kind);
  const auto read = [=](int64_t i) {
    const uint8_t yes = answers.data_ptr<uint8_t>()[i * answers.size(1) + question];
    return classes ? at::scalar_tensor(yes, at::kLong) : at::full({1}, yes, at::kFloat);
  };
  return {pictures.size, read, pictures.place};
}

std::shared_ptr<const Dataset> celeba_part(const DataSignature& data, const CelebaLists& lists, const fs::path& folder,
                                           int64_t part) {
  PictureList list;
  std::vector<int64_t> rows;
  for (size_t i = 0; i < lists.files.size(); ++i) {
    if (lists.parts[i] != part) continue;
    list.push_back({folder / lists.files[i]});
    rows.push_back(static_cast<int64_t>(i));
  }
  const Column pictures = picture_column(list, data.input_shape[1], data.input_shape[2]);
  const at::Tensor answers = lists.answers.index_select(0, at::tensor(rows, at::kLong));
  std::vector<Column> targets;
  for (size_t t = 0; t < data.tasks.size(); ++t) {
    targets.push_back(answer_column(answers, data.tasks[t], static_cast<int64_t>(t), pictures));
  }
  return std::make_shared<SampleSet>(data.tasks, data.input_shape, std::vector{pictures}, std::move(targets),
                                     WhenShorter::kUnknown);
}

DataSplits load_celeba(const CelebaOptions& options) {
  const DataSignature signature = celeba_signature(options);
  const FoundFolder found = find_folder(celeba_search(), data_roots(options.root));
  const auto place = [&](size_t what) { return find_one(found.path, found.layout.holds[what]); };
  const CelebaLists lists = read_celeba_lists(place(1), place(2));
  require_pictures(place(0), lists.files);
  DataSplits splits;
  splits.train = celeba_part(signature, lists, place(0), 0);
  splits.validation = celeba_part(signature, lists, place(0), 1);
  splits.test = celeba_part(signature, lists, place(0), 2);
  splits.fingerprint = {
      {"source", "celeba"},         {"layout", found.layout.name},   {"size", options.size},
      {"answers", options.answers}, {"train", splits.train->size()}, {"validation", splits.validation->size()},
      {"test", splits.test->size()}};
  return splits;
}

}  // namespace

/// CelebA: 202599 faces, 178 x 218, with forty yes-or-no attributes, each a task; its own partition.
DatasetEntry celeba_entry() {
  using O = CelebaOptions;
  return dataset_entry<O>(
      {"celeba", "Faces with forty yes-or-no attributes, each a task", "Liu et al. 2015, arXiv:1411.7766"},
      {option("root", &O::root, any(), kRootHelp),
       option("size", &O::size, at_least(1), "height and width that pictures are resized to"),
       option("answers", &O::answers, one_of({"classes", "labels"}),
              "a task is a choice of two classes, or one label (binary cross-entropy)")},
      load_celeba, celeba_signature, {},
      [](const O& options) { return find_folder(celeba_search(), data_roots(options.root)).path; });
}

}  // namespace reconcile::dataset_entries
