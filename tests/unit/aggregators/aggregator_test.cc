#include "reconcile/aggregators/aggregator.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
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

TEST(UpGrad, AveragesTheProjectedRows) {
  Rng rng(1);
  const at::Tensor rows = matrix({{1, 0}, {-1, 1}});
  // (1, 0) becomes (1, 1) / 2, (-1, 1) becomes (0, 1).
  const auto upgrad = make(aggregator_entries::upgrad_entry());
  EXPECT_TRUE(aggregate(*upgrad, rows, rng).direction.allclose(at::tensor({0.25, 0.75}, at::kDouble), 1e-12));
  const auto first = make(aggregator_entries::upgrad_entry(), {{"preference", {2.0, 0.0}}});
  EXPECT_TRUE(aggregate(*first, rows, rng).direction.allclose(at::tensor({1.0, 1.0}, at::kDouble), 1e-12));
}

TEST(ConeAggregators, AreExactlyZeroWhereOnlyZeroConflictsWithNothing) {
  Rng rng(1);
  const at::Tensor rows = matrix({{1, 0.1}, {-2, 0.7}, {0.3, -3}});
  for (const auto& entry : {aggregator_entries::upgrad_entry(), aggregator_entries::dualproj_entry()}) {
    const Aggregated result = aggregate(*make(entry), rows, rng);
    EXPECT_EQ(result.report.fallback, "stationary") << entry.info.name;
    EXPECT_TRUE(result.direction.equal(at::zeros({2}, at::kDouble))) << entry.info.name;
  }
}

TEST(ImtlG, NamesItsFallbacksAndRaisesNoTask) {
  Rng rng(1);
  const auto imtl_g = make(aggregator_entries::imtl_g_entry());
  const auto fallback = [&](const at::Tensor& rows) {
    const Aggregated result = aggregate(*imtl_g, rows, rng);
    EXPECT_GE(rows.mv(result.direction).min().item<double>(), -1e-12);
    return result.report.fallback;
  };
  EXPECT_EQ(fallback(matrix({{1, 0, 0}, {0, 2, 0}})), "");
  EXPECT_EQ(fallback(matrix({{1, 0, 0}, {0, 0, 0}})), "zero row");
  EXPECT_EQ(fallback(matrix({{1, 0, 0}, {-3, 0, 0}, {0, 1, 0}})), "dependent rows");
  // The short row lies between the long ones, so its coefficient is negative, and outweighs theirs.
  EXPECT_EQ(fallback(matrix({{5, 5, 1}, {5, -5, 1}, {0.1, 0, 0.01}})), "ascends");
}

TEST(ConFig, HasTheCosinesItIsAskedFor) {
  Rng rng(1);
  const at::Tensor rows = matrix({{1, 2, 0}, {-3, 1, 1}});
  const auto config = make(aggregator_entries::config_entry(), {{"preference", {1.0, 3.0}}});
  const at::Tensor d = aggregate(*config, rows, rng).direction;
  const at::Tensor cosines = rows.mv(d) / rows.norm(2, 1) / d.norm();
  EXPECT_NEAR((cosines[1] / cosines[0]).item<double>(), 3, 1e-12);
  EXPECT_NEAR(d.norm().item<double>(), (rows.mv(d) / d.norm()).sum().item<double>(), 1e-12);
  EXPECT_EQ(aggregate(*config, matrix({{1, 2}, {-1, -2}}), rng).report.fallback, "dependent rows");
}

TEST(FairAggregators, NameTheirFallbacks) {
  Rng rng(1);
  for (const auto& entry : {aggregator_entries::nashmtl_entry(), aggregator_entries::fairgrad_entry()}) {
    const auto aggregator = make(entry);
    EXPECT_EQ(aggregate(*aggregator, matrix({{1, 0}, {0, 0}}), rng).report.fallback, "zero row");
    const Aggregated result = aggregate(*aggregator, matrix({{1, 0}, {-2, 0}, {0, 1}}), rng);
    EXPECT_EQ(result.report.fallback, "stationary");
    EXPECT_TRUE(result.direction.allclose(at::tensor({0.0, 1.0}, at::kDouble))) << result.direction;
  }
}

TEST(NashMtl, HasTheLengthOfThePaperWithoutNormalisation) {
  Rng rng(1);
  const auto nash = make(aggregator_entries::nashmtl_entry(), {{"normalise", false}});
  const at::Tensor rows = matrix({{1e6, 2, 0}, {-3, 1, 1}, {0, 1e-6, 5e-6}});
  EXPECT_NEAR(aggregate(*nash, rows, rng).direction.norm().item<double>(), std::sqrt(3.0), 1e-12);
}

TEST(AlignedMtl, ReportsTheConditionOfTheRows) {
  Rng rng(1);
  const auto aligned = make(aggregator_entries::aligned_mtl_entry());
  const Aggregated result = aggregate(*aligned, matrix({{3, 0}, {0, 0.5}}), rng);
  EXPECT_NEAR(result.report.diagnostics.at("condition"), 6, 1e-12);
  EXPECT_TRUE(result.direction.allclose(at::tensor({0.5, 0.5}, at::kDouble)));
}

TEST(Krum, DropsTheOutlierAndSharesTies) {
  Rng rng(1);
  const auto krum = make(aggregator_entries::krum_entry());
  const auto weights = [&](const at::Tensor& rows) { return *aggregate(*krum, rows, rng).report.weights; };
  EXPECT_EQ(weights(matrix({{1, 0}, {1.1, 0}, {2, 0}, {-900, 5}})), (std::vector<double>{0.5, 0.5, 0, 0}));
  const Aggregated few = aggregate(*krum, matrix({{1, 0}, {0, 1}, {0, 0}}), rng);
  EXPECT_EQ(few.report.fallback, "too few tasks");
  const auto greedy = make(aggregator_entries::krum_entry(), {{"selected", 4}});
  expect_message<InvalidArgument>(
      [&] {
        aggregate(*greedy, matrix({{1, 0}, {0, 1}}), rng);
      },
      "aggregator \"krum\": selected = 4, there are 2 tasks. Give at most 2.");
}

TEST(Constant, TakesOneWeightATask) {
  const auto constant = make(aggregator_entries::constant_entry(), {{"weights", {1.0, -2.0}}});
  EXPECT_EQ(constant->constant_weights(2), (std::vector<double>{1, -2}));
  expect_message<InvalidArgument>([&] { (void)constant->constant_weights(3); },
                                  "aggregator \"constant\": weights has 2 values for 3 tasks");
}

TEST(Aggregator, ChecksPreferences) {
  Rng rng(1);
  for (const auto& entry : {aggregator_entries::upgrad_entry(), aggregator_entries::dualproj_entry(),
                            aggregator_entries::config_entry(), aggregator_entries::aligned_mtl_entry()}) {
    const auto aggregator = make(entry, {{"preference", {1.0, 2.0}}});
    expect_message<InvalidArgument>(
        [&] {
          aggregate(*aggregator, matrix({{1, 0}, {0, 1}, {1, 1}}), rng);
        },
        entry.info.name + "\": preference has 2 values for 3 tasks");
    expect_message<InvalidArgument>([&] { make(entry, {{"preference", {1.0, -1.0}}}); }, "preference", "-1");
  }
  expect_message<InvalidArgument>([] { make(aggregator_entries::aligned_mtl_entry(), {{"scale", "max"}}); }, "median");
  expect_message<InvalidArgument>(
      [] {
        make(aggregator_entries::fairgrad_entry(), {{"alpha", 0.0}});
      },
      "must be >= 0.1");
}

}  // namespace
}  // namespace reconcile
