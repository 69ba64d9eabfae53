#include "reconcile/base/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace reconcile {
namespace {

TEST(Rng, DrawsAreAFunctionOfSeedAndCounter) {
  Rng a(7);
  const Rng b(7);
  for (uint64_t i = 0; i < 5; ++i) EXPECT_EQ(a.next(), b.bits(i));
  EXPECT_EQ(a.counter(), 5U);
  EXPECT_NE(Rng(7).next(), Rng(8).next());
}

// The numbers come from a Python transcription of the definition; stored runs depend on them.
TEST(Rng, BitsArePinned) {
  Rng rng(42);
  EXPECT_EQ(rng.next(), 0x57e1faba65107204U);
  EXPECT_EQ(rng.next(), 0xf4abd143feb24055U);
  EXPECT_EQ(rng.next(), 0x7c816738c12903b2U);
  EXPECT_EQ(Rng(42).fork("loader").next(), 0x14f5a749a1a1bc13U);
}

TEST(Rng, UnitIsBelowOne) {
  EXPECT_EQ(Rng::unit(0), 0.0);
  EXPECT_LT(Rng::unit(UINT64_MAX), 1.0);
  EXPECT_EQ(Rng::unit(uint64_t{1} << 63), 0.5);
}

TEST(Rng, ForksDoNotDependOnTheParentsPosition) {
  Rng parent(3);
  const uint64_t before = parent.fork("loader").next();
  parent.next();
  EXPECT_EQ(parent.fork("loader").next(), before);
  EXPECT_EQ(parent.fork("loader").counter(), 0U);
}

TEST(Rng, ForksDifferFromEachOtherAndTheParent) {
  const Rng parent(3);
  const std::set<uint64_t> firsts = {parent.bits(0),
                                     parent.fork("a").next(),
                                     parent.fork("b").next(),
                                     parent.fork(uint64_t{0}).next(),
                                     parent.fork(uint64_t{1}).next(),
                                     parent.fork("a").fork("b").next(),
                                     parent.fork("b").fork("a").next()};
  EXPECT_EQ(firsts.size(), 7U);
}

TEST(Rng, CounterRestoresTheStream) {
  Rng rng(11);
  rng.normal();
  const uint64_t here = rng.counter();
  const double expected = rng.uniform();
  rng.uniform();
  rng.set_counter(here);
  EXPECT_EQ(rng.uniform(), expected);
}

TEST(Rng, BelowIsUniform) {
  Rng rng(1);
  std::vector<int> counts(6);
  for (int i = 0; i < 60000; ++i) ++counts.at(rng.below(6));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);
  EXPECT_EQ(rng.below(1), 0);
}

TEST(Rng, UniformStaysInItsRange) {
  Rng rng(2);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double draw = rng.uniform(-2, 6);
    ASSERT_GE(draw, -2);
    ASSERT_LT(draw, 6);
    sum += draw;
  }
  EXPECT_NEAR(sum / 10000, 2.0, 0.1);
}

TEST(Rng, NormalHasMeanZeroAndVarianceOne) {
  Rng rng(4);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double draw = rng.normal();
    ASSERT_TRUE(std::isfinite(draw));
    sum += draw;
    squares += draw * draw;
  }
  EXPECT_NEAR(sum / 100000, 0.0, 0.02);
  EXPECT_NEAR(squares / 100000, 1.0, 0.02);
}

TEST(Rng, PermutationHoldsEveryNumberOnce) {
  Rng rng(5);
  std::vector<int64_t> order = rng.permutation(100);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
  EXPECT_TRUE(rng.permutation(0).empty());
}

TEST(Rng, EveryPermutationIsAsLikely) {
  Rng rng(6);
  std::map<std::vector<int64_t>, int> counts;
  for (int i = 0; i < 12000; ++i) ++counts[rng.permutation(3)];
  ASSERT_EQ(counts.size(), 6U);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 2000, 200);
}

}  // namespace
}  // namespace reconcile
