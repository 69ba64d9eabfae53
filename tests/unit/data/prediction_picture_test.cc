#include "reconcile/data/prediction_picture.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "unit/data/image_sets.h"

namespace reconcile {
namespace {

const std::vector<int64_t> kLowest{68, 1, 84}, kHighest{253, 231, 37};

TEST(PredictionPicture, WrongPixelsLightUpAndUnknownOnesAreStriped) {
  const Task task{"seg", TaskKind::kSegmentation, 2};
  const at::Tensor target = at::tensor({0, 1, -1, 0}, at::kLong).view({2, 2});
  const at::Tensor found = at::tensor({0, 0, 1, 0}, at::kLong).view({2, 2});
  const at::Tensor logits = at::stack({found.eq(0), found.eq(1)}).to(at::kFloat);
  const auto drawn = prediction_picture(task, target, logits);
  EXPECT_EQ(test::pixel(drawn.truth, 0, 0), test::pixel(drawn.prediction, 0, 0));
  EXPECT_NE(test::pixel(drawn.truth, 0, 1), test::pixel(drawn.prediction, 0, 1));
  EXPECT_EQ(test::pixel(drawn.error, 0, 0), kLowest);
  EXPECT_EQ(test::pixel(drawn.error, 0, 1), kHighest);
  EXPECT_EQ(test::pixel(drawn.error, 1, 0), test::pixel(drawn.truth, 1, 0));  // the same stripes
}

TEST(PredictionPicture, DepthIsDrawnOnTheScaleOfTheTruth) {
  const Task task{"depth", TaskKind::kDepth, 1};
  const at::Tensor target = at::tensor({1.0F, 3.0F, 0.0F, 2.0F}).view({1, 2, 2});
  const at::Tensor prediction = at::tensor({3.0F, 3.0F, 2.0F, 9.0F}).view({1, 2, 2});
  const auto drawn = prediction_picture(task, target, prediction);
  EXPECT_EQ(test::pixel(drawn.truth, 0, 0), kHighest);
  EXPECT_EQ(test::pixel(drawn.prediction, 0, 0), test::pixel(drawn.truth, 0, 1));
  EXPECT_EQ(test::pixel(drawn.prediction, 1, 1), kLowest);  // beyond the scale
  EXPECT_EQ(test::pixel(drawn.error, 0, 0), kHighest);      // off by the whole range
  EXPECT_EQ(test::pixel(drawn.error, 0, 1), kLowest);
}

TEST(PredictionPicture, NormalsAreWrongByTheirAngleWhateverTheirLength) {
  const Task task{"normal", TaskKind::kNormals, 3};
  const at::Tensor target = at::tensor({0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 1.0F}).view({2, 3}).t().view({3, 1, 2});
  const at::Tensor prediction = at::tensor({0.0F, 0.0F, 7.0F, 2.0F, 0.0F, 0.0F}).view({2, 3}).t().view({3, 1, 2});
  const auto drawn = prediction_picture(task, target, prediction);
  EXPECT_EQ(test::pixel(drawn.prediction, 0, 0), test::pixel(drawn.truth, 0, 0));
  EXPECT_EQ(test::pixel(drawn.error, 0, 0), kLowest);
  EXPECT_EQ(test::pixel(drawn.error, 0, 1), kHighest);  // at a right angle
}

TEST(PredictionPicture, LogitsOfYesAndNoBecomeProbabilities) {
  const Task task{"saliency", TaskKind::kSaliency, 1};
  const auto drawn = prediction_picture(task, at::ones({1, 1, 1}), at::full({1, 1, 1}, 30.0F));
  EXPECT_EQ(test::pixel(drawn.prediction, 0, 0), (std::vector<int64_t>{255, 255, 255}));
  EXPECT_EQ(test::pixel(drawn.error, 0, 0), kLowest);
}

TEST(PredictionPicture, KindsWithoutPixelsAreBarsWithoutAnError) {
  const auto classes = prediction_picture({"T1", TaskKind::kClassification, 4}, at::tensor(2), at::zeros({4}));
  const auto labels =
      prediction_picture({"tags", TaskKind::kMultiLabel, 4}, at::tensor({1.0F, 0.0F, -1.0F, 1.0F}), at::zeros({4}));
  const auto numbers = prediction_picture({"mu", TaskKind::kRegression, 2}, at::tensor({1.0F, NAN}), at::zeros({2}));
  for (const auto& drawn : {classes, labels, numbers}) {
    EXPECT_EQ(drawn.truth.sizes(), drawn.prediction.sizes());
    EXPECT_FALSE(drawn.error.defined());
  }
  // Equal logits of four classes: bars of a quarter, 96 pixels being the whole.
  const at::Tensor lit = classes.prediction.select(2, 0).ne(24).any(0);
  EXPECT_EQ(lit.sum().item<int64_t>(), 24);
}

TEST(PredictionPicture, NumbersShareTheirZeroAndTheirScale) {
  const auto drawn = prediction_picture({"mu", TaskKind::kRegression, 1}, at::tensor({2.0F}), at::tensor({-1.0F}));
  const auto lit_rows = [](const at::Tensor& picture) {
    return picture.select(2, 0).ne(24).any(0).nonzero().flatten();
  };
  EXPECT_TRUE(at::equal(lit_rows(drawn.truth), at::arange(0, 48)));        // up to the top
  EXPECT_TRUE(at::equal(lit_rows(drawn.prediction), at::arange(48, 72)));  // half as far down
}

}  // namespace
}  // namespace reconcile
