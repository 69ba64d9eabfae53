#include "reconcile/draw/colours.h"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

TEST(Colours, HuesGoFromRedOverGreenToBlue) {
  const auto expect = [](double hue, Vec3 colour) {
    const Vec3 found = from_hue(hue, 1, 1);
    EXPECT_NEAR(norm(found - colour), 0, 1e-12) << hue;
  };
  expect(0, {1, 0, 0});
  expect(1.0 / 6, {1, 1, 0});
  expect(1.0 / 3, {0, 1, 0});
  expect(2.0 / 3, {0, 0, 1});
  expect(-1.0 / 3, {0, 0, 1});
  const Vec3 gray = from_hue(0.3, 0, 0.4);
  EXPECT_NEAR(norm(gray - Vec3{0.4, 0.4, 0.4}), 0, 1e-12);
}

TEST(Colours, BytesAreRoundedAndCut) {
  EXPECT_EQ(to_byte(0), 0);
  EXPECT_EQ(to_byte(0.5), 128);
  EXPECT_EQ(to_byte(1), 255);
  EXPECT_EQ(to_byte(-3), 0);
  EXPECT_EQ(to_byte(7), 255);
}

TEST(Colours, RoughNormalsHaveMeanZeroAndDeviationOne) {
  Rng rng(1);
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    const double value = rough_normal(rng);
    sum += value / 20000;
    squares += value * value / 20000;
  }
  EXPECT_NEAR(sum, 0, 0.03);
  EXPECT_NEAR(squares, 1, 0.03);
}

TEST(Colours, NoiseIsSmoothAndFillsItsRange) {
  double least = 1, most = 0, step = 0;
  for (int i = 0; i < 5000; ++i) {
    const Vec3 at = {0.01 * i, 3.3, -7.2};
    const double value = smooth_noise(at, 5);
    least = std::min(least, value);
    most = std::max(most, value);
    step = std::max(step, std::abs(value - smooth_noise(at + Vec3{0.01, 0, 0}, 5)));
  }
  EXPECT_GE(least, 0);
  EXPECT_LE(most, 1);
  EXPECT_LT(least, 0.25);
  EXPECT_GT(most, 0.75);
  EXPECT_LT(step, 0.02);
  EXPECT_NE(smooth_noise({1.5, 2.5, 3.5}, 1), smooth_noise({1.5, 2.5, 3.5}, 2));
}

}  // namespace
}  // namespace reconcile
