#include "reconcile/scalarizers/memory.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using Numbers = std::vector<double>;

TEST(EpochMeans, AverageOneEpochAndForgetItWithTheNext) {
  EpochMeans means(2);
  EXPECT_FALSE(means.is_complete(0));
  means.add({1, 10}, 3);
  means.add({2, 30}, 3);
  EXPECT_EQ(means.means(), (Numbers{1.5, 20}));
  EXPECT_FALSE(means.is_complete(3));
  EXPECT_TRUE(means.is_complete(4));
  means.add({7, 8}, 4);
  EXPECT_EQ(means.means(), (Numbers{7, 8}));
}

TEST(EpochMeans, LiveInOneTensor) {
  EpochMeans original(2), restored(2);
  original.add({1, 10}, 3);
  at::Tensor(restored.memory()).copy_(original.memory());
  EXPECT_EQ(restored.means(), original.means());
  EXPECT_TRUE(restored.is_complete(4));
}

TEST(PerTask, WantsOneNumberForEachTaskOrNone) {
  EXPECT_EQ(per_task({}, 3, 0.5, "weights"), (Numbers{0.5, 0.5, 0.5}));
  EXPECT_EQ(per_task({1, 2}, 2, 0.5, "weights"), (Numbers{1, 2}));
  test::expect_message<InvalidArgument>(
      [] {
        per_task({1, 2}, 3, 0.5, "scalarizer \"constant\": weights");
      },
      "scalarizer \"constant\": weights has 2 values for 3 tasks. Give one for each "
      "task, or none.");
}

}  // namespace
}  // namespace reconcile
