#include "reconcile/files/resize.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

TEST(Resize, AveragesWhereItShrinks) {
  const at::Tensor picture = at::tensor({0.F, 1.F, 2.F, 5.F}).view({1, 2, 2});
  EXPECT_TRUE(resize_picture(picture, 1, 1).equal(at::full({1, 1, 1}, 2.F)));
  const at::Tensor bytes = at::tensor({0, 1, 1, 0}).to(at::kByte).view({1, 1, 2, 2});
  EXPECT_TRUE(resize_picture(bytes, 1, 1).equal(at::zeros({1, 1, 1, 1}, at::kByte)));  // 0.5 rounds to even
  EXPECT_EQ(resize_picture(bytes, 5, 6).sizes(), at::IntArrayRef({1, 1, 5, 6}));
}

TEST(Resize, NearestTakesTheValueUnderTheCentre) {
  const at::Tensor row = at::arange(5).view({1, 5});
  EXPECT_TRUE(resize_nearest(row, 1, 3).equal(at::tensor({0, 2, 4}).view({1, 3})));
  EXPECT_TRUE(resize_nearest(row, 2, 10).equal(at::tensor({0, 0, 1, 1, 2, 2, 3, 3, 4, 4}).expand({2, 10})));
  const at::Tensor stack = at::rand({2, 3, 4, 4}, at::kDouble);
  EXPECT_TRUE(resize_nearest(stack, 2, 2).equal(stack.slice(2, 1, 4, 2).slice(3, 1, 4, 2)));
}

TEST(Resize, LeavesWhatHasTheSize) {
  const at::Tensor picture = at::rand({3, 4, 5});
  EXPECT_TRUE(resize_picture(picture, 4, 5).is_same(picture));
  EXPECT_TRUE(resize_nearest(picture, 4, 5).is_same(picture));
}

TEST(Resize, RefusesOtherThings) {
  test::expect_message<InvalidArgument>(
      [] {
        resize_picture(at::zeros({2, 2}), 1, 1);
      },
      "resize: Float [2, 2] to 1 x 1", "must be uint8 or float32 [C, H, W]");
  test::expect_message<InvalidArgument>([] { resize_picture(at::zeros({1, 2, 2}, at::kInt), 1, 1); }, "Int [1, 2, 2]");
  test::expect_message<InvalidArgument>([] { resize_picture(at::zeros({1, 0, 2}), 1, 1); }, "not empty");
  test::expect_message<InvalidArgument>([] { resize_nearest(at::zeros({2, 2}), 0, 1); }, "to 0 x 1");
  test::expect_message<InvalidArgument>([] { resize_nearest(at::zeros(2), 1, 1); }, "of any type [..., H, W]");
}

}  // namespace
}  // namespace reconcile
