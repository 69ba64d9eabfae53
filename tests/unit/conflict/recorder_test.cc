#include "reconcile/conflict/recorder.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/conflict/summary.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

const std::vector<double> kGrid{0.0, -0.1, -0.5};

ParamLayout two_layers() {
  ParamLayout layout;
  layout.add_layer("a");
  layout.add_parameter("a.weight", 6);
  layout.add_layer("b");
  layout.add_parameter("b.weight", 3);
  return layout;
}

TaskGradients gradients(const at::Tensor& rows) { return {two_layers(), rows}; }

TEST(ConflictRecorder, CountsEqualANaiveLoop) {
  ConflictRecorder recorder(two_layers(), {"x", "y", "z"}, kGrid);
  std::vector<std::vector<std::vector<int64_t>>> below(3, {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}});
  std::vector<std::vector<double>> sum(3, {0, 0, 0});
  for (int step = 0; step < 50; ++step) {
    const at::Tensor rows = at::randn({3, 9});
    recorder.observe(gradients(rows));
    const std::vector<at::Tensor> blocks{rows.slice(1, 0, 6), rows.slice(1, 6, 9), rows};
    for (size_t block = 0; block < 3; ++block) {
      int pair = 0;
      for (int i = 0; i < 3; ++i) {
        for (int j = i + 1; j < 3; ++j, ++pair) {
          const auto u = blocks[block][i].to(at::kDouble);
          const auto v = blocks[block][j].to(at::kDouble);
          const double cosine = (u.dot(v) / u.norm() / v.norm()).item<double>();
          sum[block][pair] += cosine;
          for (size_t s = 0; s < 3; ++s) below[block][pair][s] += cosine < kGrid[s];
        }
      }
    }
  }
  const Json record = recorder.record();
  for (size_t l = 0; l < 2; ++l) {
    const Json& layer = record.at("layers")[l];
    ASSERT_EQ(layer.at("below").size(), 1U);
    for (size_t s = 0; s < 3; ++s) {
      EXPECT_EQ(layer.at("below")[0][s], below[l][0][s] + below[l][1][s] + below[l][2][s]);
    }
    int64_t seen = 0;
    for (const auto& bin : layer.at("histogram").at(0)) seen += bin.get<int64_t>();
    EXPECT_EQ(seen, 150);
    for (size_t p = 0; p < 3; ++p) EXPECT_NEAR(layer.at("cosine")[p].get<double>(), sum[l][p] / 50, 1e-6);
  }
  for (size_t p = 0; p < 3; ++p) EXPECT_NEAR(record.at("whole").at("cosine")[p].get<double>(), sum[2][p] / 50, 1e-6);
  EXPECT_EQ(record.at("whole").at("below").get<std::vector<std::vector<int64_t>>>(), below[2]);
  int64_t seen = 0;
  for (const auto& bin : record.at("whole").at("histogram")[0]) seen += bin.get<int64_t>();
  EXPECT_EQ(seen, 50);
  EXPECT_DOUBLE_EQ(recorder.conflict_share(),
                   static_cast<double>(below[2][0][0] + below[2][1][0] + below[2][2][0]) / 150.0);
}

TEST(ConflictRecorder, OppositeAndEqualGradientsLandInTheOuterBins) {
  ConflictRecorder recorder(two_layers(), {"x", "y"}, kGrid);
  const at::Tensor g = at::ones({1, 9});
  recorder.observe(gradients(at::cat({g, -g})));
  recorder.observe(gradients(at::cat({g, g})));
  const Json histogram = recorder.record().at("whole").at("histogram")[0];
  EXPECT_EQ(histogram[0], 1);
  EXPECT_EQ(histogram[39], 1);
}

TEST(ConflictRecorder, AZeroGradientHasCosineZero) {
  ConflictRecorder recorder(two_layers(), {"x", "y"}, kGrid);
  recorder.observe(gradients(at::cat({at::zeros({1, 9}), at::ones({1, 9})})));
  EXPECT_EQ(recorder.record().at("whole").at("histogram")[0][20], 1);
  EXPECT_EQ(recorder.record().at("whole").at("below")[0][0], 0);
}

TEST(ConflictRecorder, AGradientThatIsNotFiniteIsNotCountedAndMeansZero) {
  ConflictRecorder recorder(two_layers(), {"x", "y"}, kGrid);
  const at::Tensor g = at::ones({1, 9});
  recorder.observe(gradients(at::cat({g, g})));
  recorder.observe(gradients(at::cat({g, g / 0})));
  EXPECT_EQ(recorder.record().at("layers")[0].at("histogram")[0][39], 1);
  EXPECT_DOUBLE_EQ(recorder.record().at("layers")[0].at("cosine")[0].get<double>(), 0.5);
}

TEST(ConflictRecorder, ARecordOfFortyTasksStaysBelowHalfAMegabyte) {
  ParamLayout layout;
  for (int l = 0; l < 41; ++l) {
    layout.add_layer(fmt::format("layer{}.conv", l));
    layout.add_parameter(fmt::format("layer{}.conv.weight", l), 8);
  }
  std::vector<std::string> tasks;
  for (int t = 0; t < 40; ++t) tasks.push_back(fmt::format("attribute_{}", t));
  ConflictRecorder recorder(layout, tasks, {0.0, -0.02, -0.04, -0.06, -0.08, -0.1});
  for (int step = 0; step < 20; ++step) recorder.observe(TaskGradients(layout, at::randn({40, 41 * 8})));
  EXPECT_LT(recorder.record().dump().size(), 500'000U);
}

TEST(ConflictRecorder, StateContinuesAnEpoch) {
  ConflictRecorder one(two_layers(), {"x", "y"}, kGrid);
  ConflictRecorder two(two_layers(), {"x", "y"}, kGrid);
  const at::Tensor a = at::randn({2, 9});
  const at::Tensor b = at::randn({2, 9});
  one.observe(gradients(a));
  two.load_state(Json::parse(one.state().dump()));
  one.observe(gradients(b));
  two.observe(gradients(b));
  EXPECT_EQ(one.record(), two.record());
  EXPECT_EQ(one.conflict_share(), two.conflict_share());
  ConflictRecorder other(two_layers(), {"x", "y"}, {0.0});
  test::expect_message<StateError>([&] { other.load_state(one.state()); }, "the checkpoint has", "this run needs");
  Json old = one.state();
  old.erase("cosine_sums");
  test::expect_message<StateError>([&] { two.load_state(old); }, "and 0 sums");
}

TEST(ConflictRecorder, ThresholdsLieAboveMinusOneAndNotAboveZero) {
  for (const double S : {-1.0, 0.1, -3.0}) {
    EXPECT_THROW(ConflictRecorder(two_layers(), {"x", "y"}, {S}), InvalidArgument);
  }
}

TEST(SummariseConflicts, AddsUpTheEpochsAndIsNullWithoutAny) {
  const Json run{{"type", "run"}, {"thresholds", {0.0, -0.02}}};
  const auto epoch = [](int64_t conflicts, int64_t severe) {
    return Json{{"type", "conflict"},
                {"epoch", 1},
                {"iterations", 10},
                {"pairs", {{"x", "y"}}},
                {"whole", {{"histogram", {{conflicts, 10 - conflicts}}}, {"below", {{conflicts, severe}}}}}};
  };
  const Json summary = summarise_conflicts({run, epoch(4, 1), epoch(6, 2)}, -0.02);
  EXPECT_DOUBLE_EQ(summary.at("share").get<double>(), 0.5);
  EXPECT_DOUBLE_EQ(summary.at("severe_share").get<double>(), 0.15);
  EXPECT_EQ(summary.at("histogram"), Json::parse("[[10, 10]]"));
  EXPECT_TRUE(summarise_conflicts({run}, -0.02).is_null());
  EXPECT_THROW(summarise_conflicts({run}, -0.3), InvalidArgument);
}

}  // namespace
}  // namespace reconcile
