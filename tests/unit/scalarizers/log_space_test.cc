#include "reconcile/scalarizers/log_space.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

const std::vector<double> kLosses{0.8, 2.5, 0.1};

std::vector<double> logs_of(const std::vector<double>& losses) { return positive_logs(losses, "the loss"); }

TEST(PowerMean, KnowsTheClassicalMeans) {
  EXPECT_NEAR(power_mean(logs_of(kLosses), 1).value, 3.4 / 3, 1e-15);
  EXPECT_NEAR(power_mean(logs_of(kLosses), 0).value, std::cbrt(0.2), 1e-15);
  EXPECT_NEAR(power_mean(logs_of(kLosses), -1).value, 3 / (1 / 0.8 + 1 / 2.5 + 1 / 0.1), 1e-15);
}

TEST(PowerMean, GoesThroughZeroWithoutAJump) {
  const Scalarization middle = power_mean(logs_of(kLosses), 0);
  for (const double p : {1e-18, 1e-12, 1e-8, -1e-8, -1e-12}) {
    const Scalarization near = power_mean(logs_of(kLosses), p);
    EXPECT_NEAR(near.value, middle.value, middle.value * (std::abs(p) + 4e-16)) << p;
    for (size_t t = 0; t < 3; ++t) {
      EXPECT_NEAR(near.weights[t], middle.weights[t], middle.weights[t] * (4 * std::abs(p) + 1e-15)) << p;
    }
  }
}

TEST(PowerMean, BecomesTheExtremesForHugeExponents) {
  for (const double p : {1e6, 1e300}) {
    EXPECT_NEAR(power_mean(logs_of(kLosses), p).value, 2.5, 3e-6);
    EXPECT_NEAR(power_mean(logs_of(kLosses), p).weights[1], 1, 3e-6);
    EXPECT_NEAR(power_mean(logs_of(kLosses), -p).value, 0.1, 3e-6);
    EXPECT_EQ(power_mean(logs_of(kLosses), -p).weights[0], 0);
  }
}

TEST(PowerMean, SurvivesAllOfDoublesRange) {
  for (const double p : {-2.0, -0.5, 0.0, 0.5, 2.0}) {
    const Scalarization result = power_mean(logs_of({1e-300, 1, 1e300}), p);
    EXPECT_TRUE(std::isfinite(result.value)) << p;
    for (const double weight : result.weights) EXPECT_TRUE(weight >= 0 && std::isfinite(weight)) << p << " " << weight;
  }
}

TEST(LogSpace, SoftmaxAndSumTakeNumbersOfAnySize) {
  EXPECT_EQ(softmax({1e308, -1e308}), (std::vector<double>{1, 0}));
  EXPECT_EQ(log_sum_exp({1000, 1000}), 1000 + std::log(2.0));
}

TEST(LogSpace, NamesTheTaskWhoseLossIsNotPositive) {
  test::expect_message<StateError>(
      [] {
        positive_logs({1, -0.5}, "scalarizer \"gls\": the loss");
      },
      "scalarizer \"gls\": the loss of task 1 is -0.5, must be > 0. Use a loss that stays "
      "positive, or a method without logarithms");
  EXPECT_THROW(require_positive({0}, "x"), StateError);
}

}  // namespace
}  // namespace reconcile
