// What single methods do over several steps. The laws of all of them are in tests/contract, their numbers in
// tests/golden.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/aggregators/entries.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

namespace entries = aggregator_entries;

/// The weights that the last of `steps` equal steps reports.
std::vector<double> weights_after(Aggregator& aggregator, int steps, const StepInput& step) {
  Rng rng(1);
  Aggregated last;
  for (int i = 0; i < steps; ++i) last = aggregate(aggregator, step, rng);
  return *last.report.weights;
}

TEST(GradVac, IsPcGradAtItsFirstStep) {
  Rng rng(1);
  Rng same(1);
  const at::Tensor rows = matrix({{3, 1, 0}, {-1, 0, 2}, {-2, -1, -2}});
  const at::Tensor expected = aggregate(*make(entries::pcgrad_entry()), rows, rng).direction;
  EXPECT_TRUE(aggregate(*make(entries::gradvac_entry()), rows, same).direction.allclose(expected, 1e-14));
  EXPECT_EQ(rng.counter(), same.counter());
}

TEST(GradVac, ReachesTheTarget) {
  Rng rng(1);
  const auto gradvac = make(entries::gradvac_entry(), {{"beta", 1.0}});
  aggregate(*gradvac, matrix({{1, 0}, {0.6, 0.8}}), rng);  // the targets are 0.6 now
  const at::Tensor d = aggregate(*gradvac, matrix({{1, 0}, {0, 1}}), rng).direction;
  // (1, 0) + 0.75 (0, 1) has cosine 0.6 with (0, 1), and the other way round.
  EXPECT_TRUE(d.allclose(at::tensor({1.75, 1.75}, at::kDouble), 1e-14)) << d;
}

TEST(GradVac, LeavesARowAloneThatCannotReachATargetOfOne) {
  Rng rng(1);
  const auto gradvac = make(entries::gradvac_entry(), {{"beta", 1.0}});
  aggregate(*gradvac, matrix({{1, 0}, {2, 0}}), rng);
  const at::Tensor d = aggregate(*gradvac, matrix({{1, 0}, {0, 1}}), rng).direction;
  EXPECT_TRUE(d.equal(at::tensor({1.0, 1.0}, at::kDouble))) << d;
}

TEST(GradVac, TurnsEveryGroupByItself) {
  ParamLayout layout;
  layout.add_layer("a");
  layout.add_parameter("a.weight", 2);
  layout.add_parameter("a.bias", 2);
  layout.add_layer("b");
  layout.add_parameter("b.weight", 3);
  Rng rows_rng(2);
  at::Tensor rows = at::empty({3, 7}, at::kDouble);
  for (int64_t i = 0; i < 21; ++i) rows.data_ptr<double>()[i] = rows_rng.normal();
  for (const std::string groups : {"layer", "parameter"}) {
    const auto gradvac = make(entries::gradvac_entry(), {{"groups", groups}});
    EXPECT_FALSE(gradvac->gives_weights());
    at::Tensor d = at::empty({7}, at::kDouble);
    Rng rng(3);
    EXPECT_FALSE((*gradvac)(TaskGradients(layout, rows), rng, d).weights);
    for (const auto& range : groups == "layer" ? layout.layers() : layout.parameters()) {
      Rng same(3);
      const at::Tensor part = rows.slice(1, range.begin, range.end);
      const at::Tensor expected = aggregate(*make(entries::gradvac_entry()), part, same).direction;
      EXPECT_TRUE(d.slice(0, range.begin, range.end).allclose(expected, 1e-12));
    }
  }
}

TEST(GradNorm, MakesLengthsEqualWhereTasksLearnAlike) {
  const auto gradnorm = make(entries::gradnorm_entry(), {{"rate", 0.001}});
  const auto w = weights_after(*gradnorm, 5000, {matrix({{1, 0}, {0, 3}}), {1, 5}, {}});
  EXPECT_NEAR(w[0], 1.5, 0.005);  // 1 * 1.5 = 3 * 0.5
  EXPECT_NEAR(w[1], 0.5, 0.005);
}

TEST(GradNorm, MakesTheGradientOfASlowTaskLonger) {
  Rng rng(1);
  const at::Tensor rows = matrix({{1, 0}, {0, 1}});
  const auto gradnorm = make(entries::gradnorm_entry());
  aggregate(*gradnorm, StepInput{rows, {1, 1}, {}}, rng);
  const auto w = weights_after(*gradnorm, 10, {rows, {0.5, 1}, {}});
  EXPECT_LT(w[0], 1);
  EXPECT_GT(w[1], 1);
}

TEST(GradNorm, KeepsWeightsPositive) {
  const auto gradnorm = make(entries::gradnorm_entry(), {{"rate", 100.0}});
  for (const double w : weights_after(*gradnorm, 50, {matrix({{1, 0}, {0, 3}, {5, 5}}), {1, 2, 3}, {}})) {
    EXPECT_GT(w, 0);
  }
}

TEST(GradNorm, KeepsItsWeightsWhereNoGradientHasALength) {
  Rng rng(1);
  const auto gradnorm = make(entries::gradnorm_entry());
  const StepInput step{at::zeros({2, 3}, at::kDouble), {1, 2}, {}};
  EXPECT_EQ(aggregate(*gradnorm, step, rng).report.fallback, "all zero");
  EXPECT_EQ(weights_after(*gradnorm, 1, step), (std::vector<double>{1, 1}));
}

TEST(MoCo, FindsTheMinNormPointInTheLongRun) {
  Rng rng(1);
  const auto moco = make(entries::moco_entry(), {{"gamma_decay", 0.0}, {"beta_decay", 0.0}});
  const at::Tensor rows = matrix({{-4, 1, 1}, {6, 1, 1}}) / 6;
  at::Tensor d;
  for (int i = 0; i < 300; ++i) d = aggregate(*moco, rows, rng).direction;
  EXPECT_TRUE(d.allclose(at::tensor({0., 1., 1.}, at::kDouble) / 6, 1e-9, 1e-9)) << d;
}

TEST(MoDo, FindsTheMinNormPointInTheLongRun) {
  const at::Tensor rows = matrix({{-4, 1, 1}, {6, 1, 1}});
  const auto modo = make(entries::modo_entry(), {{"gamma", 0.01}, {"rho", 0.0}});
  const auto w = weights_after(*modo, 300, {rows, {}, {rows, rows}});
  EXPECT_NEAR(w[0], 0.6, 1e-9);
}

TEST(SdmGrad, StaysWhereTheBatchesDisagree) {
  Rng rng(1);
  const at::Tensor rows = matrix({{1, 0}, {0, 1}});
  const auto result = aggregate(*make(entries::sdmgrad_entry()), StepInput{rows, {}, {rows, -rows}}, rng);
  EXPECT_EQ(result.report.fallback, "no agreement");
  EXPECT_EQ(*result.report.weights, (std::vector<double>{0.5, 0.5}));
}

TEST(DbMtlG, AddsGradientsOfEqualLength) {
  Rng rng(1);
  const auto balance = make(entries::db_mtl_g_entry(), {{"beta", 0.0}});
  const Aggregated result = aggregate(*balance, matrix({{4, 0, 0}, {0, 0.5, 0}, {0, 0, 0}}), rng);
  EXPECT_TRUE(result.direction.equal(at::tensor({4., 4., 0.}, at::kDouble))) << result.direction;
  EXPECT_EQ(result.report.fallback, "zero row");
  test::expect_message<InvalidArgument>(
      [] {
        make(entries::db_mtl_g_entry(), {{"beta", 1.0}});
      },
      "aggregator \"db_mtl_g\": beta = 1.0, must lie in [0, 1)");
}

TEST(ExcessMtl, FollowsTheTaskWhoseGradientShrinksLeast) {
  Rng rng(1);
  const auto excess = make(entries::excess_mtl_entry(), {{"rate", 1.0}});
  aggregate(*excess, matrix({{1, 0}, {0, 1}}), rng);
  const auto w = weights_after(*excess, 3, {matrix({{1, 0}, {0, 0.1}}), {}, {}});
  EXPECT_GT(w[0], 1);
  EXPECT_NEAR(w[0] + w[1], 2, 1e-14);
}

TEST(ExcessMtl, StartsATaskWithItsFirstGradient) {
  Rng rng(1);
  const auto excess = make(entries::excess_mtl_entry(), {{"rate", 1.0}});
  aggregate(*excess, matrix({{1, 0}, {0, 0}}), rng);
  const auto w = weights_after(*excess, 1, {matrix({{0, 0}, {0, 1e-9}}), {}, {}});
  EXPECT_NEAR(w[0], w[1], 1e-12);  // each has had one step with e / e(first step) = 1
}

TEST(RotoGradScale, CountsTasksMoreThatShrankLeast) {
  Rng rng(1);
  const auto scale = make(entries::rotograd_scale_entry(), {{"burn_in", 2}});
  aggregate(*scale, matrix({{1, 0}, {0, 1}}), rng);
  // q = (2, 1), a = (2/3, 1/3), C = 2/3 * 2 + 1/3 * 1
  const at::Tensor rows = matrix({{2, 0}, {0, 1}});
  EXPECT_TRUE(aggregate(*scale, rows, rng).direction.allclose(at::full({2}, 5.0 / 3, at::kDouble), 1e-14));
  // Burnt in: q = (1, 1), C = 3/2
  EXPECT_TRUE(aggregate(*scale, rows, rng).direction.allclose(at::full({2}, 1.5, at::kDouble), 1e-14));
  EXPECT_EQ(aggregate(*scale, matrix({{2, 0}, {0, 0}}), rng).report.fallback, "zero row");
}

TEST(TrimmedMean, DropsTheExtremesOfEveryCoordinate) {
  Rng rng(1);
  const auto trimmed = make(entries::trimmed_mean_entry());
  const at::Tensor rows = matrix({{1e11, 3}, {1, -1e11}, {-1e10, 1e10}, {2, 2}});
  const Aggregated result = aggregate(*trimmed, rows, rng);
  EXPECT_TRUE(result.direction.equal(at::tensor({1.5, 2.5}, at::kDouble))) << result.direction;
  EXPECT_FALSE(result.report.weights);
  EXPECT_EQ(result.report.fallback, "");
}

TEST(TrimmedMean, IsTheMedianWhereThereAreTooFewTasks) {
  Rng rng(1);
  const auto trimmed = make(entries::trimmed_mean_entry(), {{"trim", 5}});
  const Aggregated result = aggregate(*trimmed, matrix({{7, 1}, {1, 3}, {5, 2}}), rng);
  EXPECT_TRUE(result.direction.equal(at::tensor({5., 2.}, at::kDouble)));
  EXPECT_EQ(result.report.fallback, "few tasks");
}

std::unique_ptr<Aggregator> cr_mogm(const AggregatorEntry& inner, const Json& inner_options = Json::object()) {
  const AggregatorEntry entry = entries::cr_mogm_entry();
  return entry.make(
      {{"method", inner.info.name}}, [](const std::string& key) { return key; },
      [&](const std::string& /*spec*/) { return make(inner, inner_options); });
}

TEST(CrMogm, AveragesTheWeightsOfItsMethod) {
  Rng rng(1);
  const auto smoothed = cr_mogm(entries::mgda_entry());
  aggregate(*smoothed, matrix({{1, 0}, {0, 1}}), rng);
  const auto w = weights_after(*smoothed, 1, {matrix({{-4, 1, 1}, {6, 1, 1}}), {}, {}});
  EXPECT_NEAR(w[0], 0.9 * 0.5 + 0.1 * 0.6, 1e-14);
}

TEST(CrMogm, KeepsTheStateAndTheNeedsOfItsMethod) {
  const auto smoothed = cr_mogm(entries::modo_entry(), {{"gamma", 0.1}});
  EXPECT_EQ(smoothed->batches_per_step(), 3);
  const at::Tensor rows = matrix({{-4, 1, 1}, {6, 1, 1}});
  const StepInput step{rows, {}, {rows, rows}};
  weights_after(*smoothed, 2, step);
  ASSERT_EQ(smoothed->state().size(), 2U);
  EXPECT_EQ(smoothed->state()[0].first, "weights");
  EXPECT_EQ(smoothed->state()[1].first, "method.weights");
  const auto restored = cr_mogm(entries::modo_entry(), {{"gamma", 0.1}});
  restored->load_state(smoothed->state());
  EXPECT_EQ(weights_after(*restored, 1, step), weights_after(*smoothed, 1, step));
}

TEST(CrMogm, RefusesAMethodWithoutWeights) {
  test::expect_message<InvalidArgument>([] { cr_mogm(entries::graddrop_entry()); },
                                        "aggregator \"cr_mogm\": method = \"graddrop\" gives no weights");
}

TEST(CrMogm, HasConstantWeightsIfItsMethodHas) {
  EXPECT_EQ(cr_mogm(entries::mean_entry())->constant_weights(2), std::vector<double>(2, 0.5));
  EXPECT_FALSE(cr_mogm(entries::mgda_entry())->constant_weights(2));
}

TEST(CrMogm, IsAMeanWhateverItsMethodIs) {
  EXPECT_EQ(cr_mogm(entries::sum_entry())->constant_weights(2), std::vector<double>(2, 0.5));
  const at::Tensor same = matrix({{1, 2}, {1, 2}, {1, 2}});
  for (const double w : weights_after(*cr_mogm(entries::pcgrad_entry()), 1, {same, {}, {}}))
    EXPECT_NEAR(w, 1.0 / 3, 1e-14);
}

TEST(Mgda, NormalizesAsItsOptionSays) {
  const auto weights = [](const std::string& rule) {
    return weights_after(*make(entries::mgda_entry(), {{"normalize", rule}}), 1,
                         {matrix({{2, 0}, {0, 4}}), {0.5, 4}, {}});
  };
  EXPECT_NEAR(weights("none")[0], 0.8, 1e-14);              // of (2, 0), (0, 4)
  EXPECT_NEAR(weights("l2")[1], 0.5 / 4, 1e-14);            // of (1, 0), (0, 1)
  EXPECT_NEAR(weights("loss")[1], 16.0 / 17 / 4, 1e-14);    // of (4, 0), (0, 1)
  EXPECT_NEAR(weights("loss+")[1], 64.0 / 65 / 16, 1e-14);  // of (2, 0), (0, 1/4)
  test::expect_message<InvalidArgument>(
      [] {
        make(entries::mgda_entry(), {{"normalize", "l1"}});
      },
      "aggregator \"mgda\": normalize = \"l1\", must be one of none, l2, loss, loss+");
}

}  // namespace
}  // namespace reconcile
