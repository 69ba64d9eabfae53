#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/data/celeba_files.h"
#include "unit/data/benchmarks.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry celeba_entry();
}
namespace {

namespace fs = std::filesystem;

class CelebaTest : public test::BenchmarkFiles {
 protected:
  DataSplits load(const std::string& layout, const std::string& answers = "classes") const {
    return test::make(dataset_entries::celeba_entry(),
                      {{"root", (folder_ / layout).string()}, {"size", {12, 20}}, {"answers", answers}});
  }
  void expect_as_pil_reads(const DataSplits& data, const std::string& kind) {
    test::dump(*data.train, folder_, "train");
    test::dump(*data.validation, folder_, "validation");
    test::dump(*data.test, folder_, "test");
    expect_as_in_files(kind);
  }
  /// Writes the text of a list after `change` and expects an error.
  void expect_error(const std::string& name, const std::string& from, const std::string& to,
                    const std::vector<std::string>& parts) {
    const std::string before = read_file(folder_ / name);
    std::string text = before;
    text.replace(text.find(from), from.size(), to);
    folder_.write(name, text);
    test::expect_message<DataError>([&] { load("torchvision"); }, parts);
    folder_.write(name, before);
  }
};

TEST_F(CelebaTest, EveryLayoutHoldsWhatItsFilesSay) {
  make_files("celeba");
  for (const char* layout : {"torchvision", "original", "Kaggle"}) {
    const DataSplits data = load(layout);
    EXPECT_EQ(data.fingerprint["layout"], layout);
    EXPECT_EQ(data.train->tasks().size(), 40U);
    expect_as_pil_reads(data, "celeba");
  }
}

TEST_F(CelebaTest, AnswersMayBeLabelsAndTheRootTheFolderItself) {
  make_files("celeba");
  const DataSplits data = load("torchvision/celeba", "labels");
  EXPECT_EQ(data.train->tasks()[20], (Task{"Male", TaskKind::kMultiLabel, 1}));
  expect_as_pil_reads(data, "celeba_labels");
}

TEST_F(CelebaTest, NamesTheLineThatDoesNotFit) {
  make_files("celeba");
  const std::string attributes = "torchvision/celeba/list_attr_celeba.txt";
  const std::string partition = "torchvision/celeba/list_eval_partition.txt";
  expect_error(attributes, "6\n", "7\n", {"list_attr_celeba.txt: announces 7 pictures, names 6. Is it cut short?"});
  expect_error(attributes, "Bald", "Bold",
               {"list_attr_celeba.txt:2: must name CelebA's 40 attributes", "found 40 names"});
  expect_error(attributes, "000002.jpg", "000002.jpg 1", {"list_attr_celeba.txt:4: has 42 words"});
  expect_error(attributes, "000003.jpg  1", "000003.jpg  2", {"list_attr_celeba.txt:5: \"2\" is no answer"});
  expect_error(attributes, "000002.jpg", "../../a.jpg",
               {"list_attr_celeba.txt:4: \"../../a.jpg\" lies outside the folder of the pictures"});
  expect_error(partition, "000002.jpg 1", "000002.jpg 3",
               {"list_eval_partition.txt:2: must be a file name and 0, 1 or 2"});
  expect_error(partition, "000002.jpg 1\n", "", {"list_eval_partition.txt: says nothing of 000002.jpg"});
  fs::remove(folder_ / "torchvision/celeba/img_align_celeba/000004.jpg");
  test::expect_message<DataError>([&] { load("torchvision"); },
                                  {"expected the 6 pictures of the lists, found 5 files; 000004.jpg is not there"});
}

TEST_F(CelebaTest, SaysWhatWasExpectedAndFound) {
  folder_.write("celeba/Img/readme", "");
  test::expect_message<DataError>(
      [&] { load("."); },
      {"celeba: not found", "img_align_celeba, list_attr_celeba.txt, list_eval_partition.txt (torchvision)",
       "Anno/list_attr_celeba.txt, Eval/list_eval_partition.txt (original)", "list_attr_celeba.csv", "(Kaggle)",
       "celeba: found Img"});
  test::expect_message<InvalidArgument>(
      [&] {
        test::make(dataset_entries::celeba_entry(), {{"size", {64}}});
      },
      {"size = [64], must be [height, width]"});
}

TEST_F(CelebaTest, SignatureNeedsNoFiles) {
  const auto signature = dataset_entries::celeba_entry().signature({}, [](const std::string& key) { return key; });
  EXPECT_EQ(signature.tasks.front(), (Task{"5_o_Clock_Shadow", TaskKind::kClassification, 2}));
  EXPECT_EQ(signature.input_shape, (std::vector<int64_t>{3, 64, 64}));
}

}  // namespace
}  // namespace reconcile
