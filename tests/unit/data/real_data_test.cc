#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/data/pairs.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry multi_mnist_entry();
DatasetEntry multi_fashion_entry();
DatasetEntry multi_fashion_mnist_entry();
}  // namespace dataset_entries
namespace {

/// The first root with both real data sets, or "" if they are not here.
std::string find_real_data() {
  auto roots = data_roots("");
  roots.emplace_back(RECONCILE_SOURCE_DIR "/../shared/data");
  for (const auto& root : roots) {
    try {
      find_folder(mnist(), {root});
      find_folder(fashion_mnist(), {root});
      return root;
    } catch (const DataError&) {
      continue;
    }
  }
  return "";
}

class RealData : public ::testing::Test {
 protected:
  void SetUp() override {
    if (root_.empty()) GTEST_SKIP() << "MNIST and Fashion-MNIST are neither at $RECONCILE_DATA nor in ../shared/data";
  }
  const std::string root_ = find_real_data();
};

TEST_F(RealData, MnistBeginsWithItsKnownLabels) {
  const LabelledImages train = read_part(find_folder(mnist(), {root_}), "train");
  EXPECT_TRUE(train.labels.slice(0, 0, 10).equal(at::tensor({5, 0, 4, 1, 9, 2, 1, 3, 1, 4}, at::kLong)));
  EXPECT_NEAR(train.images.to(at::kFloat).mean().item<double>() / 255, 0.1307, 1e-4);
  const LabelledImages test = read_part(find_folder(mnist(), {root_}), "t10k");
  EXPECT_TRUE(test.labels.slice(0, 0, 10).equal(at::tensor({7, 2, 1, 0, 4, 1, 4, 9, 5, 9}, at::kLong)));
}

TEST_F(RealData, FashionMnistIsWholeAndBalanced) {
  const LabelledImages train = read_part(find_folder(fashion_mnist(), {root_}), "train");
  EXPECT_TRUE(train.labels.bincount().equal(at::full(10, 6000, at::kLong)));
  EXPECT_NEAR(train.images.to(at::kFloat).mean().item<double>() / 255, 0.2860, 1e-4);
}

TEST_F(RealData, MultiFashionMnistHasTheSizesOfTheOriginal) {
  const DataSplits splits = load_pairs("multi_fashion_mnist", mnist(), fashion_mnist(), {.root = root_});
  EXPECT_EQ(splits.train->size(), 108000);
  EXPECT_EQ(splits.validation->size(), 12000);
  EXPECT_EQ(splits.test->size(), 20000);
}

/// Expected values: pairs_golden.py, a second implementation in Python.
TEST_F(RealData, MultiFashionMnistHasTheBytesOfItsDescription) {
  const PairsOptions options = {.root = root_, .train_samples = 500, .validation_samples = 500, .test_samples = 500};
  const Json prints = load_pairs("multi_fashion_mnist", mnist(), fashion_mnist(), options).fingerprint;
  const auto print = [](const char* images, const char* targets) {
    return Json{{"samples", 500}, {"images", images}, {"targets", targets}};
  };
  EXPECT_EQ(prints["train"], print("9209afce", "e8b0db41"));
  EXPECT_EQ(prints["validation"], print("cab9da9f", "014b24fc"));
  EXPECT_EQ(prints["test"], print("92bf2c8f", "2f5b6ee6"));
}

TEST_F(RealData, EntriesPairTheSetsTheyAreNamedAfter) {
  const auto sources = [&](const DatasetEntry& entry) {
    const Json few = {{"root", root_}, {"train_samples", 1}, {"validation_samples", 1}, {"test_samples", 1}};
    const Json prints = entry.make(few, [](const std::string& key) { return key; }).fingerprint;
    return fmt::format("{}: {} {}", entry.info.name, prints["left"].get<std::string>(),
                       prints["right"].get<std::string>());
  };
  EXPECT_EQ(sources(dataset_entries::multi_mnist_entry()), "multi_mnist: mnist mnist");
  EXPECT_EQ(sources(dataset_entries::multi_fashion_entry()), "multi_fashion: fashion-mnist fashion-mnist");
  EXPECT_EQ(sources(dataset_entries::multi_fashion_mnist_entry()), "multi_fashion_mnist: mnist fashion-mnist");
}

TEST_F(RealData, ABeginningIsAFairSampleOfTheClasses) {
  const DataSplits splits = load_pairs("multi_mnist", mnist(), mnist(), {.root = root_, .train_samples = 5000});
  for (const auto& target : dynamic_cast<const ImageSet&>(*splits.train).targets()) {
    EXPECT_GT(target.bincount({}, 10).min().item<int64_t>(), 380);  // the rarest digit makes 9 %
    EXPECT_LT(target.bincount({}, 10).max().item<int64_t>(), 640);  // the most frequent 11 %
  }
}

}  // namespace
}  // namespace reconcile
