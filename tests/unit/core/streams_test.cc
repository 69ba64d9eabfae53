#include "reconcile/core/streams.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

at::Tensor number(double value) { return at::full({1}, value); }

/// Streams whose group g holds the number `values[g]`.
Streams streams(const std::vector<int64_t>& group_of_task, const std::vector<double>& values) {
  std::vector<at::Tensor> tensors;
  for (const double value : values) tensors.push_back(number(value));
  return {Partition(group_of_task), tensors};
}

/// The number that each task holds.
std::vector<double> numbers(const Streams& x) {
  std::vector<double> result;
  for (int64_t t = 0; t < x.partition().num_tasks(); ++t) result.push_back(x.of_task(t).item<double>());
  return result;
}

at::Tensor add(const at::Tensor& a, const at::Tensor& b) { return a + b; }

TEST(Streams, SharedHoldsOneTensorForAllTasks) {
  const at::Tensor value = number(1);
  const Streams x = Streams::shared(value, 3);
  ASSERT_EQ(x.values().size(), 1U);
  for (int64_t t = 0; t < 3; ++t) EXPECT_TRUE(x.of_task(t).is_same(value));
}

TEST(Streams, TasksOfAGroupHoldTheSameTensor) {
  EXPECT_EQ(numbers(streams({0, 1, 0}, {5, 7})), (std::vector<double>{5, 7, 5}));
}

TEST(Streams, RefusesAnotherNumberOfValues) {
  test::expect_message<InvalidArgument>([] { streams({0, 1}, {1}); }, "streams: 1 values for 2 groups of tasks.");
}

TEST(Streams, MapVisitsEveryDistinctValueOnce) {
  int calls = 0;
  const Streams x = streams({0, 1, 0}, {5, 7});
  const Streams y = map(x, [&](const at::Tensor& value) {
    ++calls;
    return value * 2;
  });
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(y.partition(), x.partition());
  EXPECT_EQ(numbers(y), (std::vector<double>{10, 14, 10}));
}

TEST(Streams, ZipRepeatsTheSharedSide) {
  const Streams shared = streams({0, 0, 0}, {100});
  const Streams split = streams({0, 1, 2}, {1, 2, 3});
  EXPECT_EQ(numbers(zip(shared, split, add)), (std::vector<double>{101, 102, 103}));
  EXPECT_EQ(numbers(zip(split, shared, add)), (std::vector<double>{101, 102, 103}));
}

TEST(Streams, ZipOfSharedStaysShared) {
  int calls = 0;
  const Streams sum = zip(streams({0, 0}, {1}), streams({0, 0}, {2}), [&](const at::Tensor& a, const at::Tensor& b) {
    ++calls;
    return a + b;
  });
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(sum.partition().is_shared());
}

TEST(Streams, ZipOfPartlySharedMakesEveryPairOnce) {
  int calls = 0;
  const Streams a = streams({0, 0, 1, 1}, {1, 2});
  const Streams b = streams({0, 1, 1, 1}, {10, 20});
  const Streams sum = zip(a, b, [&](const at::Tensor& x, const at::Tensor& y) {
    ++calls;
    return x + y;
  });
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(numbers(sum), (std::vector<double>{11, 21, 22, 22}));
}

TEST(Streams, ZipRefusesDifferentNumbersOfTasks) {
  EXPECT_THROW(zip(streams({0}, {1}), streams({0, 0}, {1}), add), InvalidArgument);
}

}  // namespace
}  // namespace reconcile
