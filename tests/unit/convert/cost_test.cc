#include "reconcile/convert/cost.h"

#include <gtest/gtest.h>

#include "unit/convert/networks.h"

namespace reconcile {
namespace {

// 3x3 convolution 1 -> 16 on 36x36 with padding: 9 * 16 * 36 * 36; batch norm: one per output element.
TEST(Cost, MultiplyAccumulatesOfOneLayerAreExact) {
  auto model = make_network("small_cnn", 2);
  const auto calls = model->trace(kShape);
  EXPECT_EQ(calls[0].macs, 9 * 16 * 36 * 36);
  EXPECT_EQ(calls[1].macs, 16 * 36 * 36);
  EXPECT_EQ(calls[0].activations, 16 * 36 * 36);
}

TEST(SetCopies, SharesWhatThePlanDoesNotName) {
  auto model = make_network("small_cnn", 3);
  set_copies(*model, {"", {{"fc", Partition({0, 1, 0})}, {"block1.bn", Partition::separate(3)}}});
  set_copies(*model, {"", {{"fc", Partition({0, 0, 1})}}});
  EXPECT_EQ(model->layer("fc")->copies(), Partition({0, 0, 1}));
  EXPECT_TRUE(model->layer("block1.bn")->is_shared());
}

}  // namespace
}  // namespace reconcile
