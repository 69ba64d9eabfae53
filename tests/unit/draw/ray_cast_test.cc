#include "reconcile/draw/ray_cast.h"

#include <gtest/gtest.h>

#include <numbers>

#include "reconcile/base/rng.h"

namespace reconcile {
namespace {

constexpr double kExact = 1e-12;

void expect_near(Vec3 found, Vec3 expected, double tolerance = kExact) {
  EXPECT_NEAR(found.x, expected.x, tolerance);
  EXPECT_NEAR(found.y, expected.y, tolerance);
  EXPECT_NEAR(found.z, expected.z, tolerance);
}

Vec3 draw_point(double reach, Rng& rng) {
  const double x = rng.uniform(-reach, reach);
  const double y = rng.uniform(-reach, reach);
  return {x, y, rng.uniform(-reach, reach)};
}

/// Below 0 inside the body, 0 on its surface.
double outside(const Body& body, Vec3 place) {
  const Vec3 p = to_local(body, place);
  if (body.form == Form::kSphere) return norm(p) - body.half.x;
  if (body.form == Form::kCylinder) return std::max(std::hypot(p.x, p.z) - body.half.x, std::abs(p.y) - body.half.y);
  return std::max({std::abs(p.x) - body.half.x, std::abs(p.y) - body.half.y, std::abs(p.z) - body.half.z});
}

TEST(RayCast, MeetsTheFaceOfABox) {
  const std::vector<Body> box = {{.centre = {0, 0, 5}, .half = {1, 2, 0.5}}};
  const Hit hit = cast({{0.3, -0.4, 0}, {0, 0, 2}}, box);
  EXPECT_EQ(hit.body, 0);
  EXPECT_DOUBLE_EQ(hit.distance, 2.25);  // in lengths of the direction
  expect_near(hit.normal, {0, 0, -1});
  EXPECT_EQ(cast({{1.1, 0, 0}, {0, 0, 1}}, box).body, -1);
  EXPECT_EQ(cast({{0, 0, 9}, {0, 0, 1}}, box).body, -1);  // behind
}

TEST(RayCast, MeetsATurnedBox) {
  const std::vector<Body> box = {{.centre = {0, 0, 5}, .half = {1, 1, 1}, .turn = turn_by(std::numbers::pi / 4)}};
  const Hit hit = cast({{0.1, 0, 0}, {0, 0, 1}}, box);
  EXPECT_NEAR(hit.distance, 5 - std::sqrt(2.0) + 0.1, kExact);  // beside the edge that looks at us
  expect_near(hit.normal, {std::sqrt(0.5), 0, -std::sqrt(0.5)});
}

TEST(RayCast, MeetsSpheresAndCylinders) {
  const std::vector<Body> sphere = {{.form = Form::kSphere, .centre = {0, 0, 3}, .half = {0.5, 0.5, 0.5}}};
  EXPECT_NEAR(cast({{0, 0.3, 0}, {0, 0, 1}}, sphere).distance, 3 - 0.4, kExact);
  expect_near(cast({{0, 0.3, 0}, {0, 0, 1}}, sphere).normal, {0, 0.6, -0.8});
  const std::vector<Body> cylinder = {{.form = Form::kCylinder, .centre = {0, 0, 3}, .half = {0.5, 1, 0.5}}};
  EXPECT_NEAR(cast({{0.3, 0.9, 0}, {0, 0, 1}}, cylinder).distance, 3 - 0.4, kExact);
  expect_near(cast({{0.3, 0.9, 0}, {0, 0, 1}}, cylinder).normal, {0.6, 0, -0.8});
  EXPECT_EQ(cast({{0.3, 1.1, 0}, {0, 0, 1}}, cylinder).body, -1);
  const Hit top = cast({{0, 3, 3.2}, {0, -1, 0}}, cylinder);
  EXPECT_NEAR(top.distance, 2, kExact);
  expect_near(top.normal, {0, 1, 0});
}

TEST(RayCast, TheNearestOfAllCounts) {
  const std::vector<Body> bodies = {{.centre = {0, 0, 5}, .half = {1, 1, 1}},
                                    {.form = Form::kSphere, .centre = {0, 0, 2}, .half = {0.5, 0.5, 0.5}},
                                    {.centre = {0, 0, 9}, .half = {1, 1, 1}}};
  const Ray ray = {{0, 0, 0}, {0, 0, 1}};
  EXPECT_EQ(cast(ray, bodies).body, 1);
  EXPECT_EQ(cast(ray, bodies, 2).body, 2);
}

// Steps along the ray tell, without any of the formulas above, where it first comes into a body.
TEST(RayCast, NothingStandsBeforeAHitAndTheSurfaceIsThere) {
  Rng rng(3);
  int hits = 0;
  for (int trial = 0; trial < 600; ++trial) {
    Body body{.form = static_cast<Form>(trial % 3), .centre = draw_point(1, rng)};
    body.half = {rng.uniform(0.1, 0.8), rng.uniform(0.1, 0.8), rng.uniform(0.1, 0.8)};
    if (body.form == Form::kBox) body.turn = turn_by(rng.uniform(0, 6));
    const Ray ray = {5 * unit(draw_point(1, rng)), draw_point(1, rng)};
    const Vec3 towards = unit(body.centre + draw_point(0.7, rng) - ray.origin);
    const Hit hit = cast({ray.origin, towards}, {body});
    const double until = std::min(hit.distance, 9.0);
    for (double t = 0; t < until - 1e-6; t += 0.01) EXPECT_GT(outside(body, ray.origin + t * towards), 0);
    if (hit.body < 0) continue;
    ++hits;
    const Vec3 at = ray.origin + hit.distance * towards;
    EXPECT_NEAR(outside(body, at), 0, 1e-9);
    EXPECT_NEAR(outside(body, at + 1e-4 * hit.normal), 1e-4, 1e-6);  // straight out of the surface
    EXPECT_LT(dot(hit.normal, towards), 0);
    EXPECT_NEAR(norm(hit.normal), 1, kExact);
  }
  EXPECT_GT(hits, 200);
}

TEST(RayCast, PatternsMixTwoColours) {
  Material material{.colour = {1, 0, 0}, .other = {0, 0, 1}, .size = 0.5};
  const auto mean_blue = [&](Pattern pattern) {
    material.pattern = pattern;
    double sum = 0;
    Rng rng(1);
    for (int i = 0; i < 2000; ++i) {
      const Vec3 colour = colour_at(material, draw_point(4, rng));
      EXPECT_NEAR(colour.x + colour.z, 1, kExact);
      sum += colour.z / 2000;
    }
    return sum;
  };
  EXPECT_EQ(mean_blue(Pattern::kPlain), 0);
  for (const Pattern pattern : {Pattern::kStripes, Pattern::kChecks, Pattern::kNoise}) {
    EXPECT_NEAR(mean_blue(pattern), 0.5, 0.05);
  }
}

}  // namespace
}  // namespace reconcile
