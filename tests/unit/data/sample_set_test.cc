#include "reconcile/data/sample_set.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

const TaskSet kTwoTasks{{"a", TaskKind::kClassification, 100}, {"b", TaskKind::kRegression, 1}};

/// `size` images [1, 1, 1] of value first, first + 1 ...
Column images(int64_t size, int64_t first = 0) {
  return {size,
          [=](int64_t i) {
            return at::full({1, 1, 1}, first + i, at::kByte);
          },
          [](int64_t i) { return fmt::format("images/{}", i); }};
}

Column classes(int64_t size) {
  return {size, [](int64_t i) { return at::scalar_tensor(i, at::kLong); },
          [](int64_t i) { return fmt::format("classes/{}", i); }};
}

/// Its sample 1 is not there.
Column numbers(int64_t size) {
  return {size, [](int64_t i) { return i == 1 ? at::Tensor() : at::full({1}, i, at::kFloat); },
          [](int64_t i) { return fmt::format("numbers/{}", i); }};
}

std::vector<int64_t> read_numbers(const Batch& batch) {
  const at::Tensor x = batch.inputs.of_task(1).flatten().mul(255).round().to(at::kLong);
  return {x.data_ptr<int64_t>(), x.data_ptr<int64_t>() + x.numel()};
}

TEST(SampleSet, GivesTheSamplesThatWereAskedForAndMarksMissingTargets) {
  const SampleSet set(kTwoTasks, {1, 1, 1}, {images(3)}, {classes(3), numbers(3)}, WhenShorter::kRepeat);
  const Batch batch = set.batch(std::vector<int64_t>{2, 1});
  EXPECT_EQ(batch.inputs.partition().num_groups(), 1);
  EXPECT_EQ(read_numbers(batch), (std::vector<int64_t>{2, 1}));
  EXPECT_TRUE(batch.targets[0].equal(at::tensor({2, 1}, at::kLong)));
  EXPECT_EQ(batch.targets[1][0].item<float>(), 2);
  EXPECT_TRUE(batch.targets[1][1].isnan().item<bool>());
}

SampleSet of_two_lengths(WhenShorter when) {
  return {kTwoTasks, {1, 1, 1}, {images(7), images(3, 100)}, {classes(7), numbers(3)}, when};
}

TEST(SampleSet, TheShorterTaskBeginsAgainInTrainingAndEndsByChance) {
  const SampleSet set = of_two_lengths(WhenShorter::kRepeat);
  EXPECT_EQ(set.size(), 7);
  const std::vector<int64_t> all{0, 1, 2, 3, 4, 5, 6};
  std::set<int64_t> last;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const auto read = read_numbers(set.batch(all, Rng(seed)));
    EXPECT_EQ((std::vector<int64_t>{read.begin(), read.end() - 1}),
              (std::vector<int64_t>{100, 101, 102, 100, 101, 102}));
    last.insert(read.back());
  }
  EXPECT_EQ(last, (std::set<int64_t>{100, 101, 102}));
}

TEST(SampleSet, TheShorterTaskIsUnknownAtItsEndInEvaluation) {
  const Batch batch = of_two_lengths(WhenShorter::kUnknown).batch(std::vector<int64_t>{0, 2, 3});
  EXPECT_EQ(read_numbers(batch), (std::vector<int64_t>{100, 102, 0}));
  EXPECT_EQ(batch.targets[1][1].item<float>(), 2);
  EXPECT_TRUE(batch.targets[1][2].isnan().item<bool>());
}

TEST(SampleSet, OneTaskAloneHasItsOwnLength) {
  const auto alone = of_two_lengths(WhenShorter::kRepeat).only(1);
  EXPECT_EQ(alone->size(), 3);
  EXPECT_EQ(alone->tasks().front().name, "b");
  EXPECT_EQ(alone->batch(std::vector<int64_t>{2}).targets[0].item<float>(), 2);
}

TEST(SampleSet, SaysWhereASampleDoesNotFit) {
  const std::vector<int64_t> second{1};
  const SampleSet large(kTwoTasks, {1, 2, 2}, {images(3)}, {classes(3), numbers(3)}, WhenShorter::kRepeat);
  test::expect_message<DataError>([&] { (void)large.batch(second); },
                                  {"images/1: an input is Byte [1, 1, 1]", "float32 [1, 2, 2]"});
  Column wrong = classes(3);
  wrong.read = [](int64_t) { return at::scalar_tensor(100, at::kLong); };
  const SampleSet set(kTwoTasks, {1, 1, 1}, {images(3)}, {wrong, numbers(3)}, WhenShorter::kRepeat);
  test::expect_message<DataError>([&] { (void)set.batch(second); },
                                  {"classes/1: task \"a\" has the target 100, classification needs -1 ... 99"});
}

TEST(SampleSet, RefusesColumnsThatDoNotFit) {
  test::expect_message<InvalidArgument>(
      [] {
        SampleSet(kTwoTasks, {1, 1, 1}, {images(3)}, {classes(3)}, WhenShorter::kRepeat);
      },
      {"1 inputs and 1 targets for 2 tasks"});
  test::expect_message<InvalidArgument>(
      [] {
        SampleSet(kTwoTasks, {1, 1, 1}, {images(3)}, {classes(3), numbers(2)}, WhenShorter::kRepeat);
      },
      {"task \"b\" has 2 targets for 3 inputs"});
}

}  // namespace
}  // namespace reconcile
