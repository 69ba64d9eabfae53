#include "reconcile/data/office_folders.h"

#include "reconcile/base/error.h"
#include "reconcile/data/picture_list.h"
#include "unit/data/benchmarks.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry domain_folders_entry();
DatasetEntry office_31_entry();
DatasetEntry office_home_entry();
}  // namespace dataset_entries
namespace {

namespace fs = std::filesystem;

constexpr int64_t kClasses = 4;

class OfficeTest : public test::BenchmarkFiles {
 protected:
  DataSplits load(const Json& more = Json::object()) const {
    Json all = {{"root", folder_.path().string()},
                {"domains", {"Art", "Real World"}},
                {"classes", kClasses},
                {"size", {12, 20}}};
    all.update(more);
    return test::make(dataset_entries::domain_folders_entry(), all);
  }
  void expect_error(const std::vector<std::string>& parts) {
    test::expect_message<DataError>([&] { load(); }, parts);
  }
  /// The files of a domain's parts, as `load` takes them.
  PictureSplits files_of(const std::string& folder, const std::string& task) const {
    return split_class_folders(folder_ / folder, kClasses, Rng(0).fork("split").fork(task));
  }
  void dump_part(const Dataset& data, const std::string& part, const std::vector<PictureList>& files) {
    std::vector<int64_t> sizes;
    for (size_t g = 0; g < files.size(); ++g) {
      std::string text;
      for (const auto& [path, label] : files[g]) text += fmt::format("{} {}\n", path.string(), label);
      folder_.write(fmt::format("dump/{}/files_{}.txt", part, g), text);
      sizes.push_back(std::ssize(files[g]));
    }
    test::dump(data, folder_, part, sizes);
  }
};

TEST_F(OfficeTest, PicturesAreAsPilReadsAndResizesThem) {
  make_files("office");
  const DataSplits data = load();
  const PictureSplits art = files_of("Art/images", "Art");
  const PictureSplits real = files_of("Real World", "Real_World");
  dump_part(*data.train, "train", {art[0], real[0]});
  dump_part(*data.validation, "validation", {art[1], real[1]});
  dump_part(*data.test, "test", {art[2], real[2]});
  expect_as_in_files("office");
}

TEST_F(OfficeTest, WithoutListsASeedSplitsEveryClass) {
  make_files("office");
  const DataSplits data = load();
  EXPECT_EQ(data.train->tasks(), (TaskSet{{"Art", TaskKind::kClassification, kClasses},
                                          {"Real_World", TaskKind::kClassification, kClasses}}));
  EXPECT_EQ(data.fingerprint["split"], "seed 0");
  EXPECT_EQ(data.fingerprint["layout"], "domain folders");
  EXPECT_EQ(data.fingerprint["train"]["Art"]["samples"], 12);  // 3 of 5 of every class
  EXPECT_EQ(data.fingerprint["validation"]["Art"]["samples"], 4);
  EXPECT_EQ(data.fingerprint["test"]["Real_World"]["samples"], 8);  // 2 of 10
  EXPECT_EQ(data.train->size(), 24);
  EXPECT_TRUE(test::whole(*data.train->only(0)).targets[0].bincount().equal(at::full(kClasses, 3, at::kLong)));
  EXPECT_NE(load({{"seed", 1}}).fingerprint["train"], data.fingerprint["train"]);
  EXPECT_EQ(load().fingerprint, data.fingerprint);
}

TEST_F(OfficeTest, TheShorterDomainRepeatsInTrainingOnly) {
  make_files("office");
  const DataSplits data = load();
  EXPECT_EQ(test::whole(*data.train).targets[0].min().item<int64_t>(), 0);
  EXPECT_EQ((test::whole(*data.test).targets[0] == -1).sum().item<int64_t>(), 8 - 4);
}

TEST_F(OfficeTest, ListsGiveSplitsAndLabels) {
  make_files("office");
  ASSERT_EQ(test::benchmarks_oracle(fmt::format("make lists '{}'", folder_.path().string())), 0);
  const DataSplits data = load();
  EXPECT_EQ(data.fingerprint["split"], "lists");
  EXPECT_EQ(data.test->size(), kClasses);
  for (const auto& part : {data.train, data.validation, data.test}) {
    EXPECT_TRUE(test::whole(*part).targets[1].equal(at::tensor({3, 2, 1, 0}, at::kLong)));
  }
  const at::Tensor listed = test::whole(*data.train).inputs.of_task(1)[0];
  EXPECT_TRUE(listed.equal(picture_column({{folder_ / "Real World/class 0/00000.jpg", 0}}, 12, 20).read(0).div(255)));
}

TEST_F(OfficeTest, ListsMustBeWholeAndRight) {
  make_files("office");
  ASSERT_EQ(test::benchmarks_oracle(fmt::format("make lists '{}'", folder_.path().string())), 0);
  const std::string list = "data_txt/domain_folders/Art_val.txt";
  folder_.write(list, "Art/images/class 0/00000.jpg 0\n\nArt/images/class 0/00000.jpg 4\n");
  expect_error(
      {"Art_val.txt:3: \"Art/images/class 0/00000.jpg 4\", must be a path", "a class 0 ... 3", "\"Art/a.jpg 0\""});
  folder_.write(list, "Art/images/class 0/00000.jpg");
  expect_error({"Art_val.txt:1: \"Art/images/class 0/00000.jpg\", must be a path"});
  folder_.write(list, "Art/images/class 0/none.jpg 0");
  expect_error({"Art_val.txt:1: names ", "Art/images/class 0/none.jpg, which is not there"});
  for (const char* outside : {"Art/../../a.jpg 0", "Art//etc/a.jpg 0"}) {
    folder_.write(list, outside);
    expect_error({"Art_val.txt:1: ", outside, "lies outside the domain's folder"});
  }
  folder_.write(list, "\n");
  expect_error({"Art_val.txt: names no picture"});
  fs::remove(folder_ / list);
  expect_error({"lists of domain Art are there, but none is called Art_val.txt"});
  for (const char* part : {"train", "test"})
    fs::remove(folder_ / fmt::format("data_txt/domain_folders/Art_{}.txt", part));
  expect_error({"there are lists of 1 of the 2 domains"});
}

TEST_F(OfficeTest, NamesWhatDoesNotFit) {
  expect_error({"domain_folders: not found", "expected Art, Real World (domain folders), found nothing"});
  make_files("office");
  fs::create_directory(folder_ / "Art/images/class 9");
  expect_error({"has the class class 9 where ", "has nothing. All domains must have the same classes"});
  fs::remove(folder_ / "Art/images/class 9");
  fs::rename(folder_ / "Real World/class 1", folder_ / "Real World/class 7");
  expect_error({"Art/images has the class class 1 where ", "Real World has class 2"});
  fs::rename(folder_ / "Art/images/class 1", folder_ / "Art/images/class 7");
  EXPECT_NO_THROW(load());
  test::expect_message<DataError>(
      [&] {
        load({{"classes", 3}});
      },
      {"expected 3 folders, one a class, found 4: class 0"});
  fs::remove_all(folder_ / "Art/images/class 7");
  folder_.write("Art/images/class 7/.hidden.jpg", "");
  expect_error({"class 7: expected JPEG or PNG pictures of one class, found .hidden.jpg"});
}

TEST_F(OfficeTest, ChecksItsOptions) {
  test::expect_message<InvalidArgument>(
      [&] {
        load({{"domains", Json::array()}});
      },
      {"domains = [], name the folders"});
  test::expect_message<InvalidArgument>(
      [&] {
        load({{"domains", {"a b", "a_b"}}});
      },
      {"two of them give the task a_b"});
  test::expect_message<InvalidArgument>(
      [&] {
        load({{"size", {1, 2, 3}}});
      },
      {"size = [1, 2, 3], must be [height, width]"});
}

TEST_F(OfficeTest, EntriesKnowTheSpellingsOfTheirDomains) {
  for (const char* spelling : {"Real World", "Real_World", "RealWorld"}) {
    const test::TemporaryFolder root;
    for (const std::string domain : {"Art", "Clipart", "Product", spelling}) {
      for (int i = 0; i < 65; ++i) root.write(fmt::format("OfficeHome/{}/{:02}/1.jpg", domain, i), "");
    }
    const DataSplits data = test::make(dataset_entries::office_home_entry(), {{"root", root.path().string()}});
    EXPECT_EQ(data.train->tasks()[3], (Task{"Real_World", TaskKind::kClassification, 65}));
    EXPECT_EQ(data.train->input_shape(), (std::vector<int64_t>{3, 224, 224}));
  }
  test::expect_message<DataError>(
      [&] {
        test::make(dataset_entries::office_31_entry(), {{"root", folder_.path().string()}});
      },
      {"expected office-31 or office_31 or Office31", "with amazon, dslr, webcam", "found nothing"});
}

}  // namespace
}  // namespace reconcile
