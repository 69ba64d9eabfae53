#include "reconcile/convert/forks.h"

#include <gtest/gtest.h>

#include "reconcile/convert/cost.h"
#include "unit/convert/networks.h"

namespace reconcile {
namespace {

TEST(FindForks, AreTheSplitLayersAsTheyRun) {
  auto model = make_network("small_cnn", 3);
  EXPECT_TRUE(find_forks(*model, kShape).empty());
  set_copies(*model, {"", {{"fc", Partition::separate(3)}, {"block2.bn", Partition({0, 0, 1})}}});
  const auto forks = find_forks(*model, kShape);
  ASSERT_EQ(forks.size(), 2U);
  EXPECT_EQ(forks[0].layer, "block2.bn");
  EXPECT_EQ(forks[0].copies, Partition({0, 0, 1}));
  EXPECT_EQ(forks[0].streams, 2);
  EXPECT_EQ(forks[1].streams, 3);
  EXPECT_FALSE(forks[0].crosses || forks[1].crosses);
}

TEST(FindForks, GroupsThatCrossMultiplyTheStreams) {
  auto model = make_network("small_cnn", 4);
  set_copies(*model, {"", {{"block2.bn", Partition({0, 0, 1, 1})}, {"fc", Partition({0, 1, 0, 1})}}});
  const auto forks = find_forks(*model, kShape);
  EXPECT_FALSE(forks[0].crosses);
  EXPECT_TRUE(forks[1].crosses);
  EXPECT_EQ(forks[1].streams, 4);
  set_copies(*model, {"", {{"block2.bn", Partition::separate(4)}, {"fc", Partition({0, 1, 0, 1})}}});
  EXPECT_FALSE(find_forks(*model, kShape)[1].crosses);
}

}  // namespace
}  // namespace reconcile
