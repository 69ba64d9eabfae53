#include "reconcile/report/numbers.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reconcile::report {
namespace {

TEST(Numbers, AreWrittenAsPeopleReadThem) {
  EXPECT_EQ(fixed(1.005, 1), "1.0");
  EXPECT_EQ(fixed(-0.001, 2), "0.00");
  EXPECT_EQ(signed_fixed(0.5, 2), "+0.50");
  EXPECT_EQ(percent(0.3841), "38.4 %");
  EXPECT_EQ(factor(1.3), "1.30×");
}

TEST(Numbers, CompactPicksTheUnit) {
  EXPECT_EQ(compact(0), "0");
  EXPECT_EQ(compact(999), "999");
  EXPECT_EQ(compact(999.6), "1 k");
  EXPECT_EQ(compact(44300), "44.3 k");
  EXPECT_EQ(compact(11.2e6), "11.2 M");
  EXPECT_EQ(compact(-2e9), "-2 G");
}

TEST(Numbers, ThatAreNotFiniteAreNotAvailable) {
  for (const double value : {kMissing, double{INFINITY}, -double{INFINITY}}) {
    EXPECT_EQ(fixed(value, 2), "n/a");
    EXPECT_EQ(signed_fixed(value, 2), "n/a");
    EXPECT_EQ(percent(value), "n/a");
    EXPECT_EQ(compact(value), "n/a");
    EXPECT_EQ(factor(value), "n/a");
    EXPECT_EQ(text_of({value, 0.1, 1}), "n/a");
  }
}

TEST(Numbers, AStatisticShowsItsSpreadOnlyForSeveralSeeds) {
  EXPECT_EQ(text_of({0.9612, 0.002, 2}, 100), "96.12 ± 0.20");
  EXPECT_EQ(text_of({0.9612, kMissing, 1}, 100), "96.12");
  EXPECT_EQ(text_of(Statistic{}), "-");
  EXPECT_EQ(metric_text({0.5, kMissing, 1}, "accuracy"), "50.00");
  EXPECT_EQ(metric_text({0.5, kMissing, 1}, "loss"), "0.5000");
  EXPECT_EQ(metric_title("T1", "accuracy"), "T1 accuracy % ↑");
}

TEST(Numbers, MetricsSayTheirUnitAndDirection) {
  EXPECT_EQ(metric_title("a", "miou"), "a miou % ↑");
  EXPECT_EQ(metric_title("a", "abs_err"), "a abs_err ↓");
  EXPECT_EQ(metric_title("a", "mean_angle"), "a mean_angle ° ↓");
  EXPECT_EQ(metric_title("a", "loss"), "a loss");
  EXPECT_EQ(metric_text({27.267, kMissing, 1}, "mean_angle"), "27.27");
  EXPECT_EQ(metric_words("within_11.25", 0.2438), "within_11.25 24.38 %");
  EXPECT_EQ(metric_words("median_angle", 22.409), "median_angle 22.41°");
  EXPECT_EQ(metric_words({{"abs_err", 0.55236}, {"loss", "nan"}}), "abs_err 0.5524, loss n/a");
  EXPECT_EQ(metric_words(Json::object()), "nothing to measure");
}

TEST(Numbers, WidthCountsCharactersNotBytes) { EXPECT_EQ(display_width("1 ± 2×"), 6); }

}  // namespace
}  // namespace reconcile::report
