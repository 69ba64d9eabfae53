#include "reconcile/data/mnist_files.h"

#include <ATen/ATen.h>

#include <cstdlib>

#include "reconcile/base/error.h"
#include "unit/files/temp_folder.h"

namespace reconcile {
namespace {

using testing::idx_header;

const std::string kTwoImages = idx_header({2, 28, 28}) + std::string(2 * 28 * 28, '\x07');
const std::string kTwoLabels = idx_header({2}) + std::string("\x03\x09", 2);

class MnistFilesTest : public ::testing::Test {
 protected:
  void expect_found(const std::string& folder, const std::filesystem::path& root) {
    EXPECT_EQ(find_folder(mnist(), {root}), folder_.path() / folder);
  }
  testing::TempFolder folder_;
};

TEST_F(MnistFilesTest, FindsTheUsualFolder) {
  folder_.write("mnist/train-images-idx3-ubyte.gz", "");
  expect_found("mnist", folder_.path());
}

TEST_F(MnistFilesTest, FindsTorchvisionsFolder) {
  folder_.write("MNIST/raw/train-images-idx3-ubyte", "");
  expect_found("MNIST/raw", folder_.path());
}

TEST_F(MnistFilesTest, TakesTheFolderItselfByItsName) {
  folder_.write("mnist/train-images.idx3-ubyte", "");
  folder_.write("fashion-mnist/train-images-idx3-ubyte", "");
  expect_found("mnist", folder_.path() / "mnist");
  EXPECT_EQ(find_folder(mnist(), {folder_.path() / "mnist/"}), folder_.path() / "mnist/");
  EXPECT_THROW(find_folder(mnist(), {folder_.path() / "fashion-mnist"}),
               DataError);  // it holds the other data set
}

TEST_F(MnistFilesTest, TakesTheFirstRootThatHasIt) {
  folder_.write("second/mnist/train-images-idx3-ubyte", "");
  EXPECT_EQ(find_folder(mnist(), {folder_.path() / "first", folder_.path() / "second"}),
            folder_.path() / "second/mnist");
}

TEST_F(MnistFilesTest, SaysWhatIsThereInstead) {
  folder_.write("fashion-mnist/train-images-idx3-ubyte", "");
  folder_.write("readme.txt", "");
  test::expect_message<DataError>(
      [&] {
        find_folder(mnist(), {folder_.path(), folder_.path() / "none", folder_.path() / "fashion-mnist"});
      },
      {folder_.path().string() + ": expected mnist or MNIST/raw with train-images-idx3-ubyte",
       "found fashion-mnist, readme.txt", "none: expected", "found no such folder",
       "https://ossci-datasets.s3.amazonaws.com/mnist/", "$RECONCILE_DATA"});
}

TEST_F(MnistFilesTest, CutsLongListsAndNamesEmptyFolders) {
  test::expect_message<DataError>([&] { find_folder(mnist(), {folder_.path()}); }, {"found nothing"});
  for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'}) folder_.write(std::string(1, name), "");
  test::expect_message<DataError>([&] { find_folder(mnist(), {folder_.path()}); },
                                  {"found a, b, c, d, e, f, g, h, ..."});
}

TEST_F(MnistFilesTest, ReadsEverySpelling) {
  folder_.write("train-images.idx3-ubyte", kTwoImages);
  folder_.write("train-labels-idx1-ubyte.gz", testing::gzip(kTwoLabels));
  const LabelledImages read = read_part(folder_.path(), "train");
  EXPECT_EQ(read.images.sizes(), at::IntArrayRef({2, 28, 28}));
  EXPECT_TRUE(read.labels.equal(at::tensor({3, 9}, at::kLong)));
}

TEST_F(MnistFilesTest, NamesTheMissingFile) {
  folder_.write("train-images-idx3-ubyte", kTwoImages);
  test::expect_message<DataError>([&] { read_part(folder_.path(), "train"); },
                                  {"expected train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz, found "
                                   "train-images-idx3-ubyte"});
}

TEST_F(MnistFilesTest, RejectsImagesOfAnotherSize) {
  folder_.write("t10k-labels-idx1-ubyte", kTwoLabels);
  folder_.write("t10k-images-idx3-ubyte", idx_header({2, 3, 2}) + std::string(12, 'x'));
  test::expect_message<DataError>([&] { read_part(folder_.path(), "t10k"); },
                                  {"holds 2 images of 3 x 2, must be some of 28 x 28"});
  folder_.write("t10k-images-idx3-ubyte", idx_header({0, 28, 28}));
  test::expect_message<DataError>([&] { read_part(folder_.path(), "t10k"); }, {"holds 0 images"});
}

TEST_F(MnistFilesTest, RejectsLabelsThatDoNotFitTheImages) {
  folder_.write("train-images-idx3-ubyte", kTwoImages);
  folder_.write("train-labels-idx1-ubyte", idx_header({1}) + '\x03');
  test::expect_message<DataError>([&] { read_part(folder_.path(), "train"); },
                                  {"has 1 labels for 2 images in train-images-idx3-ubyte"});
  folder_.write("train-labels-idx1-ubyte", idx_header({2}) + "\x03\x0A");
  test::expect_message<DataError>([&] { read_part(folder_.path(), "train"); },
                                  {"holds the label 10, must lie in 0..9"});
}

TEST(DataRoots, PreferTheOptionThenTheEnvironment) {
  const char* before = std::getenv("RECONCILE_DATA");
  const std::string kept = before == nullptr ? "" : before;
  setenv("RECONCILE_DATA", "/somewhere", 1);
  EXPECT_EQ(data_roots("mine"), std::vector<std::filesystem::path>{"mine"});
  EXPECT_EQ(data_roots(""), std::vector<std::filesystem::path>{"/somewhere"});
  unsetenv("RECONCILE_DATA");
  EXPECT_EQ(data_roots(""), (std::vector<std::filesystem::path>{"../shared/data", "data"}));
  if (before != nullptr) setenv("RECONCILE_DATA", kept.c_str(), 1);
}

}  // namespace
}  // namespace reconcile
