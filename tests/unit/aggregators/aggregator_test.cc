#include "reconcile/aggregators/aggregator.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <utility>

#include "reconcile/base/error.h"
#include "unit/aggregators/entries.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

TEST(Aggregator, WithoutStateRejectsAStoredOne) {
  const auto sum = make(aggregator_entries::sum_entry());
  sum->load_state({});
  expect_message<StateError>(
      [&] {
        sum->load_state({{"weights", at::ones({2})}});
      },
      "the checkpoint holds \"weights\" for a method without state");
}

TEST(Aggregator, NamesEveryTaskThatIsNotFinite) {
  Eigen::MatrixXd gramian = Eigen::MatrixXd::Identity(4, 4);
  require_finite(gramian);
  gramian(1, 1) = std::numeric_limits<double>::infinity();
  gramian(3, 3) = std::numeric_limits<double>::quiet_NaN();
  expect_message<StateError>([&] { require_finite(gramian); }, "of task 1, 3 are not finite");
}

TEST(Aggregator, NamesARowWhoseSquareOverflowsItsType) {
  Rng rng(1);
  const auto mgda = make(aggregator_entries::mgda_entry());
  const at::Tensor rows = matrix({{1, 2}, {1e25, 0}}).to(at::kFloat);
  expect_message<StateError>([&] { aggregate(*mgda, rows, rng); }, "of task 1 are");
}

TEST(Aggregator, ChecksItsOptions) {
  expect_message<InvalidArgument>(
      [] {
        make(aggregator_entries::cagrad_entry(), {{"c", -0.4}});
      },
      "aggregator \"cagrad\": c = -0.4, must be >= 0");
  expect_message<InvalidArgument>(
      [] {
        make(aggregator_entries::cagrad_entry(), {{"rescale", 3}});
      },
      "must lie in [0, 2]");
  expect_message<InvalidArgument>([] { make(aggregator_entries::sum_entry(), {{"c", 1}}); }, "unknown key");
}

TEST(Sum, NeedsOneBackwardPass) {
  EXPECT_EQ(make(aggregator_entries::sum_entry())->constant_weights(3), std::vector<double>(3, 1.0));
  EXPECT_FALSE(make(aggregator_entries::mgda_entry())->constant_weights(3).has_value());
}

TEST(Mgda, IsExactlyZeroWhereNoDirectionLowersEveryTask) {
  Rng rng(1);
  const auto mgda = make(aggregator_entries::mgda_entry());
  const Aggregated stationary = aggregate(*mgda, matrix({{1, 0.1}, {-0.3, -0.03}, {0, 1}}), rng);
  EXPECT_EQ(stationary.report.fallback, "stationary");
  EXPECT_TRUE(stationary.direction.equal(at::zeros({2}, at::kDouble)));
  const Aggregated zero_row = aggregate(*mgda, matrix({{1, 2}, {0, 0}}), rng);
  EXPECT_EQ(zero_row.report.fallback, "zero row");
  EXPECT_TRUE(zero_row.direction.equal(at::zeros({2}, at::kDouble)));
}

TEST(PcGrad, ProjectsEachOfTwoTasksOntoTheOthersNormalPlane) {
  Rng rng(1);
  const auto pcgrad = make(aggregator_entries::pcgrad_entry());
  // (3, 1) and (-1, 0): the first becomes (0, 1), the second (-0.1, 0.3).
  const at::Tensor d = aggregate(*pcgrad, matrix({{3, 1}, {-1, 0}}), rng).direction;
  EXPECT_TRUE(d.allclose(at::tensor({-0.1, 1.3}, at::kDouble))) << d;
}

TEST(PcGrad, ProjectsInARandomOrder) {
  // The first task becomes zero in both orders; the second and the third have two results each, so there are four sums.
  const at::Tensor rows = matrix({{1, 0}, {-1, 1}, {-1, -1}});
  const auto pcgrad = make(aggregator_entries::pcgrad_entry());
  std::map<std::pair<int64_t, int64_t>, int> seen;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Rng rng(seed);
    const at::Tensor halves = (2 * aggregate(*pcgrad, rows, rng).direction).round().to(at::kLong);
    ++seen[{halves[0].item<int64_t>(), halves[1].item<int64_t>()}];
  }
  EXPECT_EQ(seen.size(), 4U);
  for (const auto& [direction, count] : seen) EXPECT_GT(count, 60) << direction.first << " " << direction.second;
}

TEST(CaGrad, DividesAsRescaleSays) {
  Rng rng(1);
  const at::Tensor rows = matrix({{-4, 1, 1}, {6, 1, 1}});
  const auto direction = [&](int64_t rescale) {
    const auto cagrad = make(aggregator_entries::cagrad_entry(), {{"c", 0.5}, {"rescale", rescale}});
    return aggregate(*cagrad, rows, rng).direction;
  };
  EXPECT_TRUE(direction(1).allclose(direction(0) / 1.25, 1e-14));
  EXPECT_TRUE(direction(2).allclose(direction(0) / 1.5, 1e-14));
}

TEST(CaGrad, ReportsItsFallbacks) {
  Rng rng(1);
  const auto cagrad = make(aggregator_entries::cagrad_entry());
  EXPECT_EQ(aggregate(*cagrad, matrix({{1, 0}, {0, 1}, {-1, -1}}), rng).report.fallback, "zero mean");
  EXPECT_EQ(aggregate(*cagrad, matrix({{1, 0}, {0, 1}, {0, 0}}), rng).report.fallback, "zero row");
  EXPECT_EQ(aggregate(*cagrad, matrix({{1, 0}, {-1, 0}, {0, 1}}), rng).report.fallback, "stationary");
  EXPECT_EQ(aggregate(*cagrad, matrix({{1, 0}, {-1, 0}, {0, 1}, {0, 0}}), rng).report.fallback, "zero row, stationary");
}

}  // namespace
}  // namespace reconcile
