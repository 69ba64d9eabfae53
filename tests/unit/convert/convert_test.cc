#include "reconcile/convert/convert.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/convert/networks.h"
#include "unit/convert/plans.h"

namespace reconcile {
namespace {

TEST(Convert, UnknownLayerIsAnError) {
  auto model = make_network("small_cnn", 2);
  EXPECT_THROW(split_equal(*model, {"block9.conv"}, kShape), StateError);
}

TEST(Convert, FreshCopiesDifferAndEqualOnesDoNot) {
  for (const auto init : {CopyInit::kEqual, CopyInit::kFresh}) {
    auto model = make_network("small_cnn", 2);
    convert(*model, plan_of({"block1.conv"}, Partition::separate(2)), init, Statistics::kMixed, kShape, Rng(5));
    const Layer& layer = *model->layer("block1.conv");
    EXPECT_EQ(at::equal(layer.copy(0)[0], layer.copy(1)[0]), init == CopyInit::kEqual);
  }
}

}  // namespace
}  // namespace reconcile
