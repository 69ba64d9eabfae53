#include "reconcile/draw/domains.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace reconcile {
namespace {

std::vector<uint8_t> picture(Rendering rendering, int64_t shape, uint64_t seed, int64_t side = 32) {
  std::vector<uint8_t> pixels(static_cast<size_t>(3 * side * side));
  draw_domain_picture(rendering, shape, side, Rng(seed), pixels);
  return pixels;
}

/// Of all pictures of a rendering, in 0 ... 1.
double mean_brightness(Rendering rendering) {
  double sum = 0;
  for (int64_t shape = 0; shape < 20; ++shape) {
    const auto pixels = picture(rendering, shape, 7 + static_cast<uint64_t>(shape));
    sum += std::accumulate(pixels.begin(), pixels.end(), 0.0) / static_cast<double>(255 * pixels.size());
  }
  return sum / 20;
}

/// Of the upper left corner: how much neighbours differ, in 0 ... 1.
double roughness(Rendering rendering) {
  double sum = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto pixels = picture(rendering, 3, seed);
    for (size_t y = 0; y < 4; ++y) {
      for (size_t x = 0; x < 4; ++x) sum += std::abs(pixels[32 * y + x] - pixels[32 * y + x + 1]) / (255.0 * 320);
    }
  }
  return sum;
}

TEST(Domains, HaveTwentyClassesOfDifferentNames) {
  EXPECT_EQ(domain_classes().size(), 20U);
  EXPECT_EQ(std::set<std::string>(domain_classes().begin(), domain_classes().end()).size(), 20U);
  EXPECT_EQ(rendering_names(), (std::vector<std::string>{"Art", "Clipart", "Product", "Real_World"}));
}

TEST(Domains, LookDifferent) {
  EXPECT_GT(mean_brightness(Rendering::kProduct), 0.8);
  EXPECT_LT(mean_brightness(Rendering::kRealWorld), 0.6);
  EXPECT_LT(roughness(Rendering::kProduct), 0.01);
  EXPECT_LT(roughness(Rendering::kClipart), 0.02);
  EXPECT_GT(roughness(Rendering::kArt), 0.01);
  EXPECT_GT(roughness(Rendering::kRealWorld), 0.04);
}

TEST(Domains, TheShapeIsInThePicture) {
  for (const Rendering rendering : {Rendering::kArt, Rendering::kClipart, Rendering::kProduct, Rendering::kRealWorld}) {
    const auto ring = picture(rendering, 0, 5);
    const auto cross = picture(rendering, 7, 5);  // the same colours and places: only the shape differs
    int changed = 0;
    for (size_t i = 0; i < ring.size(); ++i) changed += std::abs(ring[i] - cross[i]) > 20 ? 1 : 0;
    EXPECT_GT(changed, 150);
    EXPECT_LT(changed, std::ssize(ring) * 2 / 3);
  }
}

TEST(Domains, AnySizeShowsTheSameDrawing) {
  const auto small = picture(Rendering::kProduct, 2, 3, 32);
  const auto large = picture(Rendering::kProduct, 2, 3, 64);
  double difference = 0;
  for (size_t y = 0; y < 32; ++y) {
    for (size_t x = 0; x < 32; ++x) difference += std::abs(small[32 * y + x] - large[128 * y + 2 * x]) / (255.0 * 1024);
  }
  EXPECT_LT(difference, 0.06);
}

}  // namespace
}  // namespace reconcile
