#include "reconcile/draw/painter.h"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

constexpr Vec3 kRed = {1, 0, 0};

/// How much of the picture is red.
double painted(Painter& painter) {
  double sum = 0;
  for (const Vec3 pixel : painter.pixels()) sum += pixel.x;
  return sum / static_cast<double>(painter.pixels().size());
}

double painted(const Region& region, const Frame& frame = {}) {
  Painter painter(64, frame);
  painter.paint(region, kRed);
  return painted(painter);
}

TEST(Painter, CoversTheAreaOfARegion) {
  constexpr double kPi = 3.14159265358979;  // of the square's area of 4
  EXPECT_NEAR(painted(ellipse({0.1, 0}, {0.5, 0.5})), 0.25 * kPi / 4, 0.003);
  EXPECT_NEAR(painted(half_plane(0, 1, 0.5)), 0.25, 0.003);
  EXPECT_NEAR(painted(stroke({{-0.5, 0}, {0.5, 0}}, 0.2)), (0.2 + 0.01 * kPi) / 4, 0.003);
  const Region ring = without(ellipse({0, 0}, {0.8, 0.8}), ellipse({0, 0}, {0.4, 0.4}));
  EXPECT_NEAR(painted(ring), (0.64 - 0.16) * kPi / 4, 0.005);
  EXPECT_NEAR(painted(both(ring, half_plane(1, 0, 0))), (0.64 - 0.16) * kPi / 8, 0.005);
}

TEST(Painter, TheFrameMovesScalesAndTurns) {
  EXPECT_NEAR(painted(ellipse({0, 0}, {0.4, 0.4}), {.scale = 1.5}), 2.25 * painted(ellipse({0, 0}, {0.4, 0.4})), 0.005);
  Painter painter(64, {.angle = 0.5, .scale = 1, .middle = {0.5, -0.5}});
  painter.paint(ellipse({0, 0}, {0.1, 0.1}), kRed);
  EXPECT_EQ(painter.pixels()[16 * 64 + 48].x, 1);
  Painter turned(64, {.angle = 1.5707963267948966});
  turned.paint(ellipse({0.5, 0}, {0.1, 0.1}), kRed);  // a quarter turn takes the right side down
  EXPECT_EQ(turned.pixels()[48 * 64 + 32].x, 1);
}

TEST(Painter, LaterLiesOnTopAndOpacityMixes) {
  Painter painter(8, {});
  painter.paint(half_plane(0, 1, -9), {0, 0, 1});
  painter.paint(half_plane(0, 1, -9), kRed, 0.25);
  EXPECT_DOUBLE_EQ(painter.pixels()[5].x, 0.25);
  EXPECT_DOUBLE_EQ(painter.pixels()[5].z, 0.75);
}

TEST(Painter, BlurKeepsTheMeanOfTheInside) {
  Painter painter(65, {});
  painter.paint(ellipse({0, 0}, {0.05, 0.05}), kRed);
  const double before = painted(painter);
  const double peak = painter.pixels()[32 * 65 + 32].x;
  painter.blur(2);
  EXPECT_NEAR(painted(painter), before, 1e-12);
  EXPECT_LT(painter.pixels()[32 * 65 + 32].x, 0.5 * peak);
}

TEST(Painter, BlurLeavesAnEvenPictureAlone) {
  Painter painter(9, {});
  painter.paint(half_plane(0, 1, -9), kRed);
  painter.blur(3);
  for (const Vec3 pixel : painter.pixels()) EXPECT_NEAR(pixel.x, 1, 1e-12);
}

}  // namespace
}  // namespace reconcile
