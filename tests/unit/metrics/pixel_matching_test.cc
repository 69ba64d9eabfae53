#include "reconcile/metrics/pixel_matching.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace reconcile {
namespace {

at::Tensor image(const std::vector<std::string>& rows) {
  at::Tensor result = at::zeros({std::ssize(rows), std::ssize(rows[0])}, at::kByte);
  for (size_t y = 0; y < rows.size(); ++y) {
    for (size_t x = 0; x < rows[y].size(); ++x) {
      if (rows[y][x] == '#') result[static_cast<int64_t>(y)][static_cast<int64_t>(x)] = 1;
    }
  }
  return result;
}

/// The same by trying every pixel of `a` with every partner, for a handful of pixels.
int64_t by_trying(const at::Tensor& a, at::Tensor b, double radius, int64_t from = 0) {
  const at::Tensor pixels = a.nonzero();
  if (from == pixels.size(0)) return 0;
  int64_t most = by_trying(a, b, radius, from + 1);
  const at::Tensor others = b.nonzero();
  for (int64_t i = 0; i < others.size(0); ++i) {
    const double distance = (others[i] - pixels[from]).to(at::kDouble).norm().item<double>();
    if (distance > radius) continue;
    at::Tensor rest = b.clone();
    rest[others[i][0]][others[i][1]] = 0;
    most = std::max(most, 1 + by_trying(a, rest, radius, from + 1));
  }
  return most;
}

TEST(CountMatches, PairsAPixelOnce) {
  EXPECT_EQ(count_matches(image({"##."}), image({".#."}), 2), 1);
  EXPECT_EQ(count_matches(image({"##."}), image({".##"}), 1), 2);  // not the middle one with itself
  EXPECT_EQ(count_matches(image({"#..."}), image({"...#"}), 2.9), 0);
  EXPECT_EQ(count_matches(image({"#..."}), image({"...#"}), 3), 1);
  EXPECT_EQ(count_matches(image({"#.", ".."}), image({"..", ".#"}), 1.4), 0);
  EXPECT_EQ(count_matches(image({"..."}), image({"###"}), 1), 0);
}

TEST(CountMatches, IsTheMostThatAreThere) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    at::manual_seed(seed);
    const at::Tensor a = at::rand({4, 5}).lt(0.25).to(at::kByte);
    const at::Tensor b = at::rand({4, 5}).lt(0.25).to(at::kByte);
    EXPECT_EQ(count_matches(a, b, 1.5), by_trying(a, b, 1.5)) << seed;
    EXPECT_EQ(count_matches(b, a, 1.5), count_matches(a, b, 1.5)) << seed;
  }
}

// A row of pixels against the row that begins one further: every pair but one, along a path through all of them.
TEST(CountMatches, FollowsAPathOfAnyLength) {
  constexpr int64_t kLength = 20000;
  at::Tensor a = at::zeros({1, kLength + 1}, at::kByte);
  at::Tensor b = a.clone();
  a.slice(1, 0, kLength).fill_(1);
  b.slice(1, 1, kLength + 1).fill_(1);
  EXPECT_EQ(count_matches(a, b, 1), kLength);
}

}  // namespace
}  // namespace reconcile
