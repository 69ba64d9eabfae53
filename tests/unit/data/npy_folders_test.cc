#include "reconcile/data/npy_folders.h"

#include "reconcile/base/error.h"
#include "reconcile/data/npy_values.h"
#include "unit/data/benchmarks.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry nyuv2_entry();
DatasetEntry cityscapes_entry();
}  // namespace dataset_entries
namespace {

namespace fs = std::filesystem;

class NpyFoldersTest : public test::BenchmarkFiles {
 protected:
  Json options(const Json& more = Json::object()) const {
    Json all = {{"root", folder_.path().string()}, {"size", {12, 20}}};
    all.update(more);
    return all;
  }
  DataSplits nyuv2(const Json& more = Json::object()) const {
    return test::make(dataset_entries::nyuv2_entry(), options(more));
  }
  void dump_all(const DataSplits& data) {
    test::dump(*data.train, folder_, "train");
    test::dump(*data.test, folder_, "test");
  }
  void expect_nyuv2_error(const std::vector<std::string>& parts, const Json& more = Json::object()) {
    test::expect_message<DataError>([&] { nyuv2(more); }, parts);
  }
};

TEST_F(NpyFoldersTest, NyuV2HoldsWhatNumPySaysOfEveryTypeAndOrder) {
  make_files("nyuv2");
  const DataSplits data = nyuv2();
  EXPECT_EQ(data.train->size(), 7);
  EXPECT_EQ(data.validation->size(), 0);
  EXPECT_EQ(data.test->size(), 3);
  EXPECT_EQ(data.fingerprint["layout"], "MTAN");
  dump_all(data);
  expect_as_in_files("nyuv2");
}

TEST_F(NpyFoldersTest, ZeroSumsAreUnknownOnlyWhereItIsAskedFor) {
  make_files("nyuv2");
  EXPECT_EQ(test::whole(*nyuv2().train).targets[2].select(2, 1).select(2, 1)[0][0].item<float>(), 0.5);
  dump_all(nyuv2({{"compat_zero_sum_normals", true}}));
  expect_as_in_files("nyuv2_zero_sums");
}

TEST_F(NpyFoldersTest, CityscapesHoldsWhatNumPySaysOfBothLayouts) {
  make_files("cityscapes");
  const DataSplits data = test::make(dataset_entries::cityscapes_entry(), options());
  EXPECT_EQ(data.fingerprint["layout"], "MTAN");
  const at::Tensor classes = test::whole(*data.train).targets[0];
  dump_all(data);
  expect_as_in_files("cityscapes");
  for (const char* part : {"train", "val"}) fs::rename(folder_ / part / "label_7", folder_ / part / "label");
  const DataSplits renamed = test::make(dataset_entries::cityscapes_entry(), options());
  EXPECT_EQ(renamed.fingerprint["layout"], "LibMTL");
  EXPECT_TRUE(test::whole(*renamed.train).targets[0].equal(classes));
}

TEST_F(NpyFoldersTest, HoldsOutTheSameShareEveryTime) {
  make_files("nyuv2");
  const DataSplits data = nyuv2({{"validation_share", 0.4}, {"tasks", {"depth"}}});
  EXPECT_EQ(data.train->size(), 4);
  EXPECT_EQ(data.validation->size(), 3);
  const at::Tensor all = test::whole(*nyuv2().train).inputs.of_task(0);
  const at::Tensor parts =
      at::cat({test::whole(*data.train).inputs.of_task(0), test::whole(*data.validation).inputs.of_task(0)});
  const auto first_numbers = [](const at::Tensor& images) {
    return std::get<0>(images.flatten(1).select(1, 0).sort());
  };
  EXPECT_TRUE(first_numbers(parts).equal(first_numbers(all)));
  EXPECT_TRUE(test::whole(*data.validation)
                  .targets[0]
                  .equal(test::whole(*nyuv2({{"validation_share", 0.4}}).validation).targets[1]));
}

TEST_F(NpyFoldersTest, TakesTasksByNameInAnyOrder) {
  make_files("nyuv2");
  fs::remove_all(folder_ / "train/label");
  const DataSplits data = nyuv2({{"tasks", {"normal", "depth"}}});
  EXPECT_EQ(data.train->tasks(), (TaskSet{{"normal", TaskKind::kNormals, 3}, {"depth", TaskKind::kDepth, 1}}));
  EXPECT_EQ(data.train->input_shape(), (std::vector<int64_t>{3, 12, 20}));
  const Json choice = {{"tasks", {"dept"}}};
  test::expect_message<InvalidArgument>([&] { nyuv2(choice); }, {"tasks: no task \"dept\". Did you mean \"depth\"?"});
  test::expect_message<InvalidArgument>([&] { nyuv2({{"tasks", {"depth", "depth"}}}); }, {"\"depth\" is there twice"});
  test::expect_message<InvalidArgument>(
      [&] {
        nyuv2({{"tasks", Json::array()}});
      },
      {"tasks = [], give some of semantic"});
  const Where where = [](const std::string& key) { return key; };
  test::expect_message<InvalidArgument>(
      [&] {
        dataset_entries::nyuv2_entry().signature({{"size", {3}}}, where);
      },
      {"size = [3], must be [height, width]"});
}

TEST_F(NpyFoldersTest, SignaturesNeedNoFiles) {
  const DataSignature data = dataset_entries::cityscapes_entry().signature({{"classes", 19}, {"root", "/nowhere"}},
                                                                           [](const std::string& key) { return key; });
  EXPECT_EQ(data.tasks, (TaskSet{{"semantic", TaskKind::kSegmentation, 19}, {"depth", TaskKind::kDepth, 1}}));
  EXPECT_EQ(data.input_shape, (std::vector<int64_t>{3, 128, 256}));
}

TEST_F(NpyFoldersTest, SaysWhatWasExpectedAndFound) {
  expect_nyuv2_error({"nyuv2: not found", "expected nyuv2 or NYUv2", "with train/image, train/label, train/depth",
                      "val/normal (MTAN)", "found nothing", "MTAN's pre-processed archive"});
  folder_.write("nyuv2/image/0.npy", "");
  expect_nyuv2_error({"found nyuv2\n", "/nyuv2: found image"});
}

TEST_F(NpyFoldersTest, NamesTheArraysThatAreMissing) {
  make_files("nyuv2");
  fs::remove(folder_ / "train/depth/3.npy");
  expect_nyuv2_error({"train/depth: expected 0.npy to 6.npy", "found 6 of them, missing: 3.npy."});
  fs::rename(folder_ / "train/image/6.npy", folder_ / "train/image/9.npy");
  expect_nyuv2_error({"train/image: expected 0.npy to 6.npy", "found 7 of them, missing: 6.npy."});
  fs::remove_all(folder_ / "train/image");
  folder_.write("train/image/readme.txt", "");
  expect_nyuv2_error({"train/image: expected 0.npy to 0.npy", "found 0 of them, missing: none."});
}

TEST_F(NpyFoldersTest, NamesTheSizeToSet) {
  make_files("nyuv2");
  expect_nyuv2_error({"image/0.npy: 12 x 20 (height x width), the data set is read at 288 x 384. Set size = [12, 20]"},
                     {{"size", {288, 384}}});
}

TEST_F(NpyFoldersTest, ChecksClassesWhenTheyAreRead) {
  make_files("nyuv2");
  folder_.write("train/label/1.npy", encode_npy(at::full({12, 20}, 13)));
  test::expect_message<DataError>(
      [&] { test::whole(*nyuv2().train); },
      {"train/label/1.npy: task \"semantic\" has the target 13, segmentation needs -1 ... 12"});
}

const Task kSemantic{"semantic", TaskKind::kSegmentation, 13};

TEST(NpyValues, RefusesWhatIsNoPicture) {
  test::expect_message<DataError>(
      [] {
        npy_input(at::zeros({3, 2, 2}), {2, 2}, "a.npy");
      },
      {"a.npy: its shape is [3, 2, 2], must be height x width x 3"});
  test::expect_message<DataError>(
      [] {
        npy_input(at::zeros({2, 2, 3}, at::kInt), {2, 2}, "a.npy");
      },
      {"a.npy: its numbers are Int, must be uint8"});
}

TEST(NpyValues, RefusesClassesThatAreNotWhole) {
  const auto read = [](double value) { npy_target(kSemantic, at::full({2, 2}, value, at::kFloat), {2, 2}, "a.npy"); };
  for (const double whole : {-1.0, 12.0, 3.0009, -1.0009}) EXPECT_NO_THROW(read(whole)) << whole;
  test::expect_message<DataError>([&] { read(2.5); }, {"a.npy: has the class 2.5, must be whole numbers"});
  test::expect_message<DataError>([&] { read(3.002); }, {"has the class 3.002"});
  test::expect_message<DataError>([&] { read(NAN); }, {"has the class nan"});
  test::expect_message<DataError>([&] { read(1e30); }, {"has the class 1.0000000", "below a million"});
}

TEST(NpyValues, LeavesComponentsFarBeyondOneForTheCheck) {
  const Task normal{"normal", TaskKind::kNormals, 3};
  const auto largest = [&](double value) {
    return npy_target(normal, at::full({2, 2, 3}, value), {2, 2}, "a.npy").max().item<double>();
  };
  EXPECT_EQ(largest(1.0005), 1);
  EXPECT_EQ(largest(2), 2);
}

}  // namespace
}  // namespace reconcile
