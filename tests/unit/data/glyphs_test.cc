#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "unit/data/image_sets.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry glyphs_entry();
}
namespace {

DataSplits glyphs(const Json& options) {
  return dataset_entries::glyphs_entry().make(options, [](const std::string& key) { return key; });
}

TEST(Glyphs, HaveTheSizesAskedFor) {
  const DataSplits splits = glyphs({{"train_samples", 30}, {"validation_samples", 20}, {"test_samples", 10}});
  EXPECT_EQ(splits.train->size(), 30);
  EXPECT_EQ(splits.validation->size(), 20);
  EXPECT_EQ(splits.test->size(), 10);
  EXPECT_EQ(splits.train->input_shape(), (std::vector<int64_t>{1, 36, 36}));
  EXPECT_EQ(splits.train->tasks().size(), 2U);
}

TEST(Glyphs, TheSignatureIsThatOfTheData) {
  const auto where = [](const std::string& key) { return key; };
  const DataSignature signature = dataset_entries::glyphs_entry().signature({}, where);
  const DataSplits splits = glyphs({{"train_samples", 1}, {"validation_samples", 1}, {"test_samples", 1}});
  EXPECT_EQ(signature.tasks, splits.train->tasks());
  EXPECT_EQ(signature.input_shape, splits.train->input_shape());
}

TEST(Glyphs, TheSeedDecidesEveryBitWhateverTheThreads) {
  const Json options = {{"train_samples", 500}, {"validation_samples", 100}, {"test_samples", 100}};
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Json one = glyphs(options).fingerprint;
  at::set_num_threads(4);
  const Json four = glyphs(options).fingerprint;
  at::set_num_threads(threads);
  EXPECT_EQ(one, four);
  Json other = options;
  other["seed"] = 1;
  EXPECT_NE(one["train"]["images"], glyphs(other).fingerprint["train"]["images"]);
}

TEST(Glyphs, SplitsDiffer) {
  const DataSplits splits = glyphs({{"train_samples", 100}, {"validation_samples", 100}, {"test_samples", 100}});
  EXPECT_NE(splits.fingerprint["train"], splits.fingerprint["validation"]);
  EXPECT_NE(splits.fingerprint["train"], splits.fingerprint["test"]);
  EXPECT_NE(splits.fingerprint["validation"], splits.fingerprint["test"]);
}

TEST(Glyphs, AShorterSetIsABeginningOfALongerOne) {
  const DataSplits some = glyphs({{"train_samples", 20}, {"validation_samples", 1}, {"test_samples", 1}});
  const DataSplits more = glyphs({{"train_samples", 50}, {"validation_samples", 1}, {"test_samples", 1}});
  EXPECT_TRUE(test::image_set(some.train)
                  .images()
                  .of_task(0)
                  .equal(test::image_set(more.train).images().of_task(0).slice(0, 0, 20)));
}

TEST(Glyphs, ClassesAreBalancedAndIndependent) {
  const DataSplits splits = glyphs({{"train_samples", 6000}, {"validation_samples", 1}, {"test_samples", 1}});
  const auto& targets = test::image_set(splits.train).targets();
  for (const auto& target : targets) {
    const at::Tensor counts = target.bincount({}, 10);
    EXPECT_EQ(counts.size(0), 10);
    EXPECT_GT(counts.min().item<int64_t>(), 500);  // 600 expected, standard deviation 23
    EXPECT_LT(counts.max().item<int64_t>(), 700);
  }
  const at::Tensor pairs = (10 * targets[0] + targets[1]).bincount({}, 100);
  EXPECT_GT(pairs.min().item<int64_t>(), 25);  // 60 expected, standard deviation 8
  EXPECT_LT(pairs.max().item<int64_t>(), 95);
}

TEST(Glyphs, AreNeitherEmptyNorWhite) {
  const DataSplits splits = glyphs({{"train_samples", 200}, {"validation_samples", 1}, {"test_samples", 1}});
  const at::Tensor means = test::image_set(splits.train).images().of_task(0).to(at::kFloat).mean({1, 2, 3});
  EXPECT_GT(means.min().item<double>(), 15);
  EXPECT_LT(means.max().item<double>(), 120);
}

}  // namespace
}  // namespace reconcile
