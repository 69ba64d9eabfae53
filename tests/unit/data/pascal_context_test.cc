#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "reconcile/base/error.h"
#include "reconcile/data/dataset.h"
#include "reconcile/data/pascal_context_targets.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "unit/base/support.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry pascal_context_entry();
}
namespace {

const std::vector<std::string> kPascalTasks = {"semseg", "parts", "saliency", "normals", "edges"};

/// A tree that pascal_context_oracle.py has written, with what it says a loader must make of it.
class PascalContext : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/data/pascal_context_oracle.py";
    const auto command = fmt::format("/usr/bin/python3 -B '{}' '{}'", script, folder_.path().string());
    const int status = WEXITSTATUS(std::system(command.c_str()));
    if (status == 77) GTEST_SKIP() << "python3-pil or python3-scipy is not installed";
    ASSERT_EQ(status, 0);
  }
  DataSplits load(Json options) const {
    if (!options.contains("root")) options["root"] = folder_.path().string();
    if (!options.contains("size")) options["size"] = {32, 36};
    return dataset_entries::pascal_context_entry().make(options, [](const std::string& key) { return "data." + key; });
  }
  [[nodiscard]] at::Tensor expected(const std::string& part, const std::string& what) const {
    return read_npy(folder_ / fmt::format("expected/{}_{}.npy", part, what));
  }
  void refuses(const Json& options, const std::vector<std::string>& parts) const {
    test::expect_message<DataError>([&] { load(options); }, parts);
  }
  [[nodiscard]] std::filesystem::path in_tree(const std::string& name) const {
    return folder_.path() / "PASCAL_MT" / name;
  }

  test::TemporaryFolder folder_;
};

Batch whole_of(const Dataset& data) {
  std::vector<int64_t> all;
  for (int64_t i = 0; i < data.size(); ++i) all.push_back(i);
  return data.batch(all);
}

TEST_F(PascalContext, IsWhatPythonMakesOfTheSameFiles) {
  const DataSplits splits = load({});
  EXPECT_EQ(splits.validation->size(), 0);
  EXPECT_EQ(splits.fingerprint["layout"], "PASCAL_MT");
  for (const auto& [data, part] : {std::pair{splits.train, "train"}, std::pair{splits.test, "val"}}) {
    const Batch batch = whole_of(*data);
    EXPECT_TRUE(batch.inputs.of_task(0).allclose(expected(part, "image"), 0, 1e-7)) << part;
    for (size_t t = 0; t < kPascalTasks.size(); ++t) {
      const at::Tensor wanted = expected(part, kPascalTasks[t]);
      ASSERT_EQ(batch.targets[t].sizes(), wanted.sizes());
      EXPECT_TRUE(batch.targets[t].allclose(wanted.to(batch.targets[t].scalar_type()), 0, 1e-6)) << kPascalTasks[t];
    }
  }
}

TEST_F(PascalContext, TrustsNormalsWhereTheOptionSays) {
  const DataSplits splits = load({{"tasks", {"normals"}}, {"normal_classes", {4, 9}}});
  const at::Tensor normals = whole_of(*splits.train).targets[0];
  EXPECT_TRUE(normals.allclose(expected("train", "trusted"), 0, 1e-6));
  EXPECT_FALSE(normals.allclose(expected("train", "normals"), 0, 1e-6));
}

TEST_F(PascalContext, ReadsSomeTasksAndHoldsOutImages) {
  std::filesystem::remove_all(in_tree("human_parts"));  // not asked for
  const DataSplits splits = load({{"tasks", {"edges", "semseg"}}, {"validation_share", 0.34}});
  EXPECT_EQ(splits.train->size(), 2);
  EXPECT_EQ(splits.validation->size(), 1);
  EXPECT_EQ(splits.train->tasks()[0].name, "edges");
  EXPECT_EQ(splits.train->tasks()[1].num_outputs, 21);
  const DataSignature signature = dataset_entries::pascal_context_entry().signature(
      {{"tasks", {"edges", "semseg"}}}, [](const auto& key) { return key; });
  EXPECT_EQ(signature.tasks, splits.train->tasks());
  EXPECT_EQ(signature.input_shape, (std::vector<int64_t>{3, 512, 512}));
}

TEST_F(PascalContext, SaysWhatWasExpectedAndWhatIsThere) {
  refuses({{"root", (folder_ / "expected").string()}},
          {"pascal_context: not found", "expected PASCAL_MT or PASCALContext", "human_parts",
           "semseg/VOC12 or semseg/pascal-context", "found train_edges.npy", "PASCAL_MT.tgz"});
  refuses({{"size", {28, 36}}}, {"JPEGImages/2008_000002.jpg: 30 x 20", "the canvas has 28 x 36. Set size = [30, 36]"});
  test::expect_message<InvalidArgument>(
      [&] {
        load({{"tasks", {"semsec"}}});
      },
      "no task \"semsec\"", "Did you mean \"semseg\"?");
  test::expect_message<InvalidArgument>([&] { load({{"size", {32}}}); }, "size = [32], must be [height, width]");
  std::filesystem::remove(in_tree("semseg/pascal-context/2008_000002.png"));
  refuses({},
          {"PASCAL_MT: expected semseg/VOC12/2008_000002.png or semseg/pascal-context/2008_000002.png, found neither"});
  folder_.write("PASCAL_MT/ImageSets/Context/val.txt", "/etc/2008_000002\n");
  refuses({{"tasks", {"edges"}}}, {"val.txt: \"/etc/2008_000002\" lies outside the data"});
  folder_.write("PASCAL_MT/ImageSets/Context/val.txt", "\n");
  refuses({{"tasks", {"edges"}}}, {"val.txt: names no image"});
}

TEST_F(PascalContext, SaysWhichFileDoesNotFit) {
  const auto normals = in_tree("normals_distill/2008_000002.png");
  folder_.write("PASCAL_MT/normals_distill/2008_000002.png", encode_png(at::zeros({3, 4, 4}, at::kByte)));
  refuses({{"tasks", {"normals"}}}, {normals.string() + ": its shape is [3, 4, 4]", "asks for [3, 30, 20]"});
  folder_.write("PASCAL_MT/semseg/pascal-context/2008_000002.png", encode_png(at::full({30, 20}, 21, at::kInt)));
  refuses({{"tasks", {"semseg"}}}, {"2008_000002.png: task \"semseg\" has the target 21"});
  std::filesystem::copy(in_tree("human_parts/2008_000002.mat"), in_tree("pascal-context/trainval/2008_000002.mat"),
                        std::filesystem::copy_options::overwrite_existing);
  refuses({{"tasks", {"edges"}}}, {"2008_000002.mat: no variable \"LabelMap\". It has anno."});
}

TEST(PascalTargets, EdgesLieBetweenClasses) {
  at::Tensor map = at::zeros({6, 8}, at::kInt);
  EXPECT_EQ(pascal_edges(map).sum().item<float>(), 0);
  map.slice(1, 4).fill_(7);
  const at::Tensor edges = pascal_edges(map);
  EXPECT_EQ(edges.sizes(), at::IntArrayRef({1, 6, 8}));
  EXPECT_EQ(edges.slice(2, 3, 5).sum().item<float>(), edges.sum().item<float>());
  EXPECT_LE(edges.sum(2).max().item<float>(), 1);  // thinned: one pixel a row
  EXPECT_GE(edges.sum().item<float>(), 4);
}

}  // namespace
}  // namespace reconcile
