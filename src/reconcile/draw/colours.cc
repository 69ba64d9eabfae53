#include "reconcile/draw/colours.h"

#include <algorithm>

namespace reconcile {
namespace {

/// In [0, 1), for a corner of the unit grid.
double corner_noise(int64_t x, int64_t y, int64_t z, uint64_t seed) {
  uint64_t h = seed + static_cast<uint64_t>(x) * 0x9E3779B97F4A7C15ULL +
               static_cast<uint64_t>(y) * 0xC2B2AE3D27D4EB4FULL + static_cast<uint64_t>(z) * 0x165667B19E3779F9ULL;
  h = (h ^ (h >> 31)) * 0xBF58476D1CE4E5B9ULL;
  h = (h ^ (h >> 29)) * 0x94D049BB133111EBULL;
  return Rng::unit(h ^ (h >> 32));
}

double mix(double a, double b, double t) { return a + t * (b - a); }
double ease(double t) { return t * t * (3 - 2 * t); }

}  // namespace

Vec3 from_hue(double hue, double saturation, double value) {
  const auto channel = [&](double offset) {
    const double turn = (hue + offset - std::floor(hue + offset)) * 6;
    return value * (1 - saturation * std::clamp(2 - std::abs(turn - 3), 0.0, 1.0));
  };
  return {channel(0), channel(2.0 / 3), channel(1.0 / 3)};
}

uint8_t to_byte(double value) { return static_cast<uint8_t>(std::clamp(255 * value + 0.5, 0.0, 255.0)); }

double rough_normal(Rng& rng) {
  const uint64_t bits = rng.next();
  uint64_t sum = 0;
  for (int quarter = 0; quarter < 4; ++quarter) sum += bits >> (16 * quarter) & 0xFFFF;
  return (static_cast<double>(sum) * 0x1.0p-16 - 2) * std::sqrt(3.0);
}

double smooth_noise(Vec3 at, uint64_t seed) {
  const Vec3 low = {std::floor(at.x), std::floor(at.y), std::floor(at.z)};
  const Vec3 t = {ease(at.x - low.x), ease(at.y - low.y), ease(at.z - low.z)};
  const auto x = static_cast<int64_t>(low.x);
  const auto y = static_cast<int64_t>(low.y);
  const auto z = static_cast<int64_t>(low.z);
  const auto row = [&](int64_t dy, int64_t dz) {
    return mix(corner_noise(x, y + dy, z + dz, seed), corner_noise(x + 1, y + dy, z + dz, seed), t.x);
  };
  return mix(mix(row(0, 0), row(1, 0), t.y), mix(row(0, 1), row(1, 1), t.y), t.z);
}

}  // namespace reconcile
