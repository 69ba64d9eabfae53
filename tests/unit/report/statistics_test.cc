#include "reconcile/report/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconcile/report/improvement.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

TEST(Statistics, StudentQuantilesAreThoseOfScipy) {
  const Json expected = Json::parse(read_file(fixture("comparison/expected.json")));
  ASSERT_EQ(expected["t"].size(), 36u);
  for (const auto& row : expected["t"]) {
    const double t = row[2].get<double>();
    // scipy 1.10 itself is off in the ninth digit: t(0.9, 3) is 1.63774435369621.
    EXPECT_NEAR(student_quantile(row[0].get<double>(), row[1].get<int64_t>()), t, 1e-8 * t) << row.dump();
  }
  EXPECT_NEAR(student_quantile(0.9, 3), 1.63774435369621, 1e-13);
  EXPECT_NEAR(student_quantile(0.975, 1), 12.706204736174694, 1e-11);
}

TEST(Statistics, TheDeviationIsThatOfASample) {
  const Statistic three = mean_and_sd({1, 2, 4.5});
  EXPECT_DOUBLE_EQ(three.mean, 2.5);
  EXPECT_NEAR(three.sd, 1.8027756377319946, 1e-14);
  EXPECT_EQ(three.n, 3);
}

TEST(Statistics, ValuesThatAreNotFiniteAreLeftOut) {
  const Statistic one = mean_and_sd({kMissing, 3, INFINITY});
  EXPECT_EQ(one.n, 1);
  EXPECT_EQ(one.mean, 3);
  EXPECT_TRUE(std::isnan(one.sd));
  EXPECT_EQ(mean_and_sd({kMissing}).n, 0);
}

TEST(Statistics, TheIntervalIsStudents) {
  const Difference d = mean_difference({1, 2, 4.5});
  EXPECT_NEAR(d.low, 2.5 - 4.302652729749464 * 1.8027756377319946 / std::sqrt(3.0), 1e-9);
  EXPECT_NEAR(d.high - d.mean, d.mean - d.low, 1e-12);
}

TEST(Statistics, OnlyAnIntervalWithoutZeroTellsApart) {
  EXPECT_EQ(judge(mean_difference({}), true), Verdict::kNoCommonSeed);
  EXPECT_EQ(judge(mean_difference({5}), true), Verdict::kOneSeed);
  EXPECT_EQ(judge(mean_difference({1, 2, 4.5}), true), Verdict::kNotDistinguishable);
  EXPECT_EQ(judge(mean_difference({0, 0}), true), Verdict::kNotDistinguishable);
  EXPECT_EQ(judge(mean_difference({1, 1.1, 0.9}), true), Verdict::kBetter);
  EXPECT_EQ(judge(mean_difference({1, 1.1, 0.9}), false), Verdict::kWorse);
  EXPECT_EQ(judge(mean_difference({-1, -1.1, -0.9}), false), Verdict::kBetter);
  EXPECT_EQ(words_of(Verdict::kOneSeed), "one seed: nothing can be said about noise");
}

TEST(Statistics, ALeadCountsOnlyBeyondTheSpreadOfBoth) {
  EXPECT_TRUE(exceeds_spread({1, 0.3, 3}, {1.6, 0.4, 3}));
  EXPECT_FALSE(exceeds_spread({1, 0.3, 3}, {1.5, 0.4, 3}));
  EXPECT_FALSE(exceeds_spread({1, kMissing, 1}, {9, 0.4, 3}));
}

TEST(Improvement, AveragesInsideATaskOrOverAllCriteria) {
  const PerTask<double> single{{"s", {{"miou", 0.5}, {"pixel_accuracy", 0.8}}}, {"c", {{"accuracy", 0.5}}}};
  const PerTask<double> values{{"s", {{"miou", 0.55}, {"pixel_accuracy", 0.8}}}, {"c", {{"accuracy", 0.49}}}};
  const auto change = improvement({"s", "c"}, {"segmentation", "classification"}, values, single);
  EXPECT_NEAR(change.delta_m, (5.0 - 2.0) / 2, 1e-12);
  EXPECT_NEAR(change.delta_m_flat, -(10.0 + 0.0 - 2.0) / 3, 1e-12);
  EXPECT_NEAR(task_gain("s", "segmentation", values, single), 5, 1e-12);
}

TEST(Improvement, IsNothingWhereAValueOrAReferenceIsMissing) {
  const PerTask<double> values{{"c", {{"accuracy", 0.49}}}}, zero{{"c", {{"accuracy", 0.0}}}};
  EXPECT_TRUE(std::isnan(improvement({"c"}, {"classification"}, values, {}).delta_m));
  EXPECT_TRUE(std::isnan(improvement({"c"}, {"classification"}, values, zero).delta_m));
  EXPECT_TRUE(std::isnan(improvement({"c"}, {"unheard of"}, values, values).delta_m_flat));
}

}  // namespace
}  // namespace reconcile::report
