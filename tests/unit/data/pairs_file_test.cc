// Pickles that Python's own pickle module has written.

#include "reconcile/data/pairs_file.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/files/numpy_pickle.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

class NumpyPickle : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/files/numpy_pickle_oracle.py";
    if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) GTEST_SKIP() << "needs python3-numpy";
    ASSERT_EQ(std::system(fmt::format("/usr/bin/python3 -B '{}' '{}'", script, folder_.path().string()).c_str()), 0);
  }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return folder_.path() / (name + ".pickle");
  }
  void expect_refused(const std::string& name, const std::string& part) const {
    test::expect_message<DataError>([&] { (void)read_numpy_pickle(file(name)); },
                                    {file(name).string(), part, "pickle.dump((images, labels)"});
  }

  test::TemporaryFolder folder_;
};

TEST_F(NumpyPickle, ReadsTheArraysOfEveryProtocol) {
  const at::Tensor images = at::arange(6, at::kFloat).div(8).view({2, 3});
  const at::Tensor labels = at::tensor({1, 255, 200, 7}, at::kLong).view({2, 2});
  for (const int protocol : {2, 3, 4, 5}) {
    const auto arrays = read_numpy_pickle(file(fmt::format("protocol{}", protocol)));
    ASSERT_EQ(arrays.size(), 4U);
    EXPECT_TRUE(arrays[0].equal(images)) << protocol;
    EXPECT_EQ(arrays[1].scalar_type(), at::kByte);
    EXPECT_TRUE(arrays[1].to(at::kLong).equal(labels)) << protocol;
    EXPECT_TRUE(arrays[2].equal(images)) << protocol;
    EXPECT_TRUE(arrays[3].to(at::kLong).equal(labels)) << protocol;
  }
}

TEST_F(NumpyPickle, RunsAndReadsNothingElse) {
  expect_refused("evil", "asks for \"posix.system\"");
  expect_refused("one", "holds no tuple or list");
  expect_refused("text", "one of its values is no array");
  expect_refused("objects", "an array has the type \"O8\"");
  expect_refused("protocol0", "is not supported");
}

TEST_F(NumpyPickle, RefusesEveryCutFileAndSurvivesDamage) {
  const std::string whole = read_file(file("protocol4"));
  const auto damaged = folder_.path() / "damaged.pickle";
  for (size_t length = 0; length < whole.size(); length += 7) {
    write_atomically(damaged, whole.substr(0, length));
    EXPECT_THROW((void)read_numpy_pickle(damaged), DataError) << length;
  }
  Rng rng(1);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = whole;
    for (int64_t flips = 1 + rng.below(3); flips > 0; --flips) {
      bytes[static_cast<size_t>(rng.below(std::ssize(bytes)))] = static_cast<char>(rng.below(256));
    }
    std::ofstream(damaged) << bytes;
    try {
      (void)read_numpy_pickle(damaged);
    } catch (const DataError&) {  // refused, as most are
    }
  }
}

TEST_F(NumpyPickle, OfParetoMtlIsADataSet) {
  const DataSplits data = load_pairs_file("multi_fashion_mnist", {.pickle = file("multi").string(), .test_samples = 3});
  EXPECT_EQ(data.train->size(), 18);
  EXPECT_EQ(data.validation->size(), 2);
  EXPECT_EQ(data.test->size(), 3);
  const Batch batch = data.validation->batch(std::vector<int64_t>{1});
  EXPECT_EQ(batch.targets[0].item<int64_t>(), 8);
  EXPECT_EQ(batch.targets[1].item<int64_t>(), 9);
  EXPECT_EQ(batch.inputs.of_task(0).sizes(), (at::IntArrayRef{1, 1, 36, 36}));
  EXPECT_FLOAT_EQ(data.test->batch(std::vector<int64_t>{0}).inputs.of_task(0).max().item<float>(), 0.2F);
  EXPECT_EQ(data.fingerprint.at("source"), "Pareto MTL's pickle");
}

TEST_F(NumpyPickle, OfOtherArraysIsNoDataSet) {
  const std::string other = file("protocol4").string();
  test::expect_message<DataError>([&] { load_pairs_file("multi_mnist", {.pickle = other}); },
                                  {other, "has images Float [2, 3] with labels Byte [2, 2]"});
}

}  // namespace
}  // namespace reconcile
