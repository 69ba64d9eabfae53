// What the contract and the golden runs do not reach: fallbacks, lists of a wrong length, limits of options.

#include <gtest/gtest.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/scalarizers/entries.h"

namespace reconcile {
namespace {

using Numbers = std::vector<double>;
using namespace scalarizer_entries;  // NOLINT

TEST(Scalarizers, WantOneNumberForEachTask) {
  const std::vector<std::pair<ScalarizerEntry, std::string>> lists{
      {constant_entry(), "weights"}, {stch_entry(), "preference"}, {stch_entry(), "reference"},
      {pbi_entry(), "preference"},   {pbi_entry(), "reference"},   {cosmos_entry(), "preference"},
      {famo_entry(), "min_losses"},  {amtl_entry(), "potentials"}};
  for (const auto& [entry, key] : lists) {
    test::expect_message<InvalidArgument>(
        [&, &entry = entry, &key = key] {
          make(entry, 3, {{key, {1.0, 2.0}}});
        },
        fmt::format("scalarizer \"{}\": {} has 2 values for 3 tasks. Give one for "
                    "each task, or none.",
                    entry.info.name, key));
  }
}

TEST(Scalarizers, RefuseOptionsOutOfTheirRange) {
  const std::vector<std::tuple<ScalarizerEntry, Json, std::string>> wrong{
      {constant_entry(), {{"weights", {1.0, -1.0}}}, "must be >= 0"},
      {uw_entry(), {{"start", 1000}}, "must lie in [-100, 100]"},
      {dwa_entry(), {{"temperature", 0}}, "must be >= 1e-06"},
      {gemtl_entry(), {{"p", 1e7}}, "must lie in [-1000000, 1000000]"},
      {gemtl_entry(), {{"p_end", -1e7}}, "must lie in [-1000000, 1000000]"},
      {gemtl_spread_entry(), {{"offset", 1e7}}, "must lie in"},
      {gemtl_spread_entry(), {{"factor", 1e7}}, "must lie in"},
      {gemtl_spread_entry(), {{"power", 0}}, "must lie in (0, 1]"},
      {stch_entry(), {{"mu", 0}}, "must be >= 1e-06"},
      {stch_entry(), {{"form", "linear"}}, "must be one of log, fixed"},
      {stch_entry(), {{"warmup_epochs", -1}}, "must be >= 0"},
      {stch_entry(), {{"preference", {0.0}}}, "must be > 0"},
      {pbi_entry(), {{"theta", -1}}, "must be >= 0"},
      {pbi_entry(), {{"preference", {0.0}}}, "must be > 0"},
      {cosmos_entry(), {{"lambda", -1}}, "must be >= 0"},
      {cosmos_entry(), {{"preference", {0.0}}}, "must be > 0"},
      {famo_entry(), {{"lr", -1}}, "must be >= 0"},
      {famo_entry(), {{"weight_decay", -1}}, "must be >= 0"},
      {amtl_entry(), {{"potentials", {0.0}}}, "must be > 0"},
      {amtl_entry(), {{"margin", -1}}, "must be >= 0"},
      {amtl_entry(), {{"focus", 0}}, "must be > 0"},
      {amtl_entry(), {{"momentum", 0}}, "must lie in (0, 1]"},
      {amtl_entry(), {{"normalize", "max"}}, "must be one of softmax, sum"},
      {go4align_entry(), {{"num_groups", 0}}, "must be >= 1"},
      {go4align_entry(), {{"step", -1}}, "must be >= 0"},
      {ldc_mtl_entry(), {{"lambda", -1}}, "must be >= 0"}};
  for (const auto& [entry, options, rule] : wrong) {
    const std::string place = fmt::format("scalarizer \"{}\": {} = ", entry.info.name, options.begin().key());
    test::expect_message<InvalidArgument>([&, &entry = entry, &options = options] { make(entry, 1, options); }, place,
                                          rule);
  }
}

TEST(Dwa, KeepsATaskWithoutPositiveLossesInTheMiddle) {
  const auto dwa = make(dwa_entry(), 3);
  for (int64_t k = 0; k < 4; ++k) call(*dwa, {std::pow(0.5, k / 2), 0.0, std::pow(2.0, k / 2)}, k);
  const Numbers weights = call(*dwa, {1, 0, 1}, 4).weights;  // ratios 1/2, 1, 2
  EXPECT_LT(weights[0], weights[1]);
  EXPECT_LT(weights[1], weights[2]);
}

TEST(Dwa, SurvivesALossThatExplodes) {
  const auto dwa = make(dwa_entry(), 2);
  call(*dwa, {1e-300, 1}, 0);
  call(*dwa, {1e300, 1}, 2);
  EXPECT_EQ(call(*dwa, {1, 1}, 4).weights, (Numbers{2, 0}));
}

TEST(Lsb, KeepsItsWeightsThroughAnEpochWithoutPositiveLosses) {
  const auto lsb = make(lsb_entry(), 2);
  call(*lsb, {1, 3}, 0);
  const Numbers before = call(*lsb, {1, 0}, 2).weights;
  EXPECT_DOUBLE_EQ(before[0], 1);
  EXPECT_DOUBLE_EQ(before[1], 1.0 / 3);
  EXPECT_EQ(call(*lsb, {1, 3}, 4).weights, before);
}

TEST(Stch, StaysInTheSumOfLogarithmsInAShortRun) {
  const auto stch = make(stch_entry(), 2, {{"warmup_epochs", 5}});
  for (int64_t k = 0; k < 12; ++k) EXPECT_EQ(call(*stch, {2, 4}, k).weights, (Numbers{0.5, 0.25}));
}

TEST(Stch, WithSmallMuIsTheMaximum) {
  const auto stch = make(stch_entry(), 3, {{"form", "fixed"}, {"mu", 1e-6}});
  const Scalarization result = call(*stch, {2, 4, -1});
  EXPECT_DOUBLE_EQ(result.value, 12);
  EXPECT_EQ(result.weights, (Numbers{0, 3, 0}));
}

TEST(Pbi, HasNoPenaltyOnTheWantedRay) {
  const auto pbi = make(pbi_entry(), 2, {{"preference", {1.0, 3.0}}, {"reference", {1.0, 1.0}}});
  const Scalarization result = call(*pbi, {1.1, 1.3});
  EXPECT_NEAR(result.value, (0.1 + 3 * 0.3) / 4, 1e-15);
  EXPECT_NEAR(result.weights[0], 0.25, 1e-15);
  EXPECT_NEAR(result.weights[1], 0.75, 1e-15);
}

TEST(Cosmos, IsTheWeightedSumWhereAllLossesAreZero) {
  const Scalarization result = call(*make(cosmos_entry(), 2), {0, 0});
  EXPECT_EQ(result.value, 0);
  EXPECT_EQ(result.weights, (Numbers{0.5, 0.5}));
}

TEST(Famo, NamesTheTaskThatIsNotAboveItsBound) {
  const auto famo = make(famo_entry(), 2, {{"min_losses", {0.0, 0.5}}});
  test::expect_message<StateError>(
      [&] {
        call(*famo, {1, 0.25});
      },
      "scalarizer \"famo\": the distance to min_losses of task 1 is -0.25");
  call(*famo, {1, 1});
  EXPECT_THROW(famo->after_step({0, 1}), StateError);
}

TEST(Famo, GivesMoreToTheTaskThatImprovedLess) {
  const auto famo = make(famo_entry(), 2);
  call(*famo, {1, 1});
  famo->after_step({0.5, 0.9});
  const Numbers weights = call(*famo, {1, 1}).weights;
  EXPECT_LT(weights[0], weights[1]);
}

TEST(Amtl, WeighsTheTaskFarthestFromItsPotentialMost) {
  const auto amtl = make(amtl_entry(), 2, {{"potentials", {0.9, 0.9}}});
  EXPECT_EQ(call(*amtl, {1, 1}).weights, (Numbers{0.5, 0.5}));
  amtl->after_validation({0.2, 0.8});
  const Numbers weights = call(*amtl, {1, 1}).weights;
  EXPECT_GT(weights[0], weights[1]);
  EXPECT_DOUBLE_EQ(weights[0] + weights[1], 1);
}

TEST(Amtl, WeighsEquallyWhereEveryPotentialIsReached) {
  const auto amtl = make(amtl_entry(), 2, {{"potentials", {0.5, 0.5}}, {"normalize", "sum"}});
  amtl->after_validation({0.9, 0.6});
  EXPECT_EQ(call(*amtl, {1, 1}).weights, (Numbers{0.5, 0.5}));
}

TEST(Go4Align, GivesOneWeightToEachGroup) {
  const Numbers weights = call(*make(go4align_entry(), 5), {1, 100, 1.1, 90, 0.9}).weights;
  EXPECT_EQ(weights[0], weights[2]);
  EXPECT_EQ(weights[0], weights[4]);
  EXPECT_EQ(weights[1], weights[3]);
  EXPECT_GT(weights[0], weights[1]);
}

TEST(Go4Align, MakesEveryTaskItsOwnGroupIfThereAreEnough) {
  const Numbers weights = call(*make(go4align_entry(), 2, {{"num_groups", 7}, {"step", 0}}), {1, 3}).weights;
  EXPECT_NEAR(weights[0], 2, 1e-14);
  EXPECT_NEAR(weights[1], 2.0 / 3, 1e-14);
}

}  // namespace
}  // namespace reconcile
