#include "reconcile/report/blocks.h"

#include <gtest/gtest.h>

#include <limits>

#include "reconcile/report/numbers.h"

namespace reconcile::report {
namespace {

TEST(BlockBar, CountsEighthsOfAColumn) {
  EXPECT_EQ(block_bar(0.5, 4), "██");
  EXPECT_EQ(block_bar(9.0 / 16, 2), "█▏");
  EXPECT_EQ(block_bar(1.0 / 16, 2, "░"), "▏░");
  EXPECT_EQ(block_bar(0, 3, "░"), "░░░");
}

TEST(BlockBar, StaysInsideItsWidth) {
  EXPECT_EQ(block_bar(7, 3, "░"), "███");
  EXPECT_EQ(block_bar(-1, 3, "░"), "░░░");
  for (int i = 0; i <= 100; ++i) EXPECT_EQ(display_width(block_bar(i / 100.0, 7, "░")), 7);
}

TEST(Sparkline, GoesFromTheSmallestToTheLargest) {
  EXPECT_EQ(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline({3, 2}, 8), "█▁");
}

TEST(Sparkline, OfEqualValuesIsFlatAndOfNoneEmpty) {
  EXPECT_EQ(sparkline({2, 2, 2}, 8), "▁▁▁");
  EXPECT_EQ(sparkline({}, 8), "");
}

TEST(Sparkline, MoreValuesThanColumnsAreMeans) { EXPECT_EQ(sparkline({0, 2, 4, 4, 8, 8}, 3), "▁▄█"); }

TEST(Sparkline, LeavesABlankForWhatIsNoNumber) {
  EXPECT_EQ(sparkline({1, std::numeric_limits<double>::quiet_NaN(), 0}, 3), "█ ▁");
}

}  // namespace
}  // namespace reconcile::report
