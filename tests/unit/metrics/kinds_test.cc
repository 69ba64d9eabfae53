#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <numbers>

#include "reconcile/core/target.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {
namespace {

const TaskSet kAllKinds{{"class", TaskKind::kClassification, 4},
                        {"labels", TaskKind::kMultiLabel, 3},
                        {"numbers", TaskKind::kRegression, 2},
                        {"semantic", TaskKind::kSegmentation, 4},
                        {"part", TaskKind::kParts, 3},
                        {"depth", TaskKind::kDepth, 1},
                        {"normal", TaskKind::kNormals, 3},
                        {"salient", TaskKind::kSaliency, 1},
                        {"edge", TaskKind::kEdges, 1}};

struct Sample {
  at::Tensor prediction;  ///< double
  at::Tensor target;      ///< double or int64
};

/// Random predictions and targets of 6 images of 5 x 4, a third of the targets unknown, all of those of image 2.
Sample sample(const Task& task, uint64_t seed = 1) {
  at::manual_seed(seed);
  const auto shape = target_shape(task, 6, 5, 4);
  std::vector<int64_t> predicted{6, task.num_outputs};
  if (is_dense(task.kind)) predicted.insert(predicted.end(), {5, 4});
  at::Tensor target = at::rand(shape, at::kDouble);
  at::Tensor unknown = at::rand(shape).lt(0.33);
  unknown[2].fill_(true);
  if (is_class(task.kind)) {
    target = (target * task.num_outputs).floor().to(at::kLong).masked_fill(unknown, kVoid);
  } else if (task.kind == TaskKind::kNormals) {
    target = (target - 0.5).masked_fill(unknown.select(1, 0).unsqueeze(1).expand_as(target), 0);
  } else if (task.kind == TaskKind::kDepth) {
    target = (target + 0.1).masked_fill(unknown, 0);
  } else if (task.kind == TaskKind::kRegression) {
    target = target.masked_fill(unknown, std::nan(""));
  } else {
    target = target.gt(0.6).to(at::kDouble).masked_fill(unknown, kVoid);
  }
  return {at::randn(predicted, at::kDouble), target};
}

Sample all_unknown(const Task& task) {
  Sample s = sample(task);
  s.target = as_target(task, unknown_target(task, 5, 4)).unsqueeze(0);
  if (!is_class(task.kind)) s.target = s.target.to(at::kDouble);
  s.prediction = s.prediction.slice(0, 2, 3);
  return s;
}

at::Tensor gradient(const Task& task, const Sample& s) {
  const at::Tensor x = s.prediction.detach().clone().requires_grad_(true);
  return torch::autograd::grad({task_loss(task, x, s.target)}, {x}).front();
}

double loss(const Task& task, const at::Tensor& prediction, const at::Tensor& target) {
  return task_loss(task, prediction, target).item<double>();
}

const MetricOptions kByImage{.mean_of_images = true, .match_edges = true};
const MetricOptions kMatched{.match_edges = true};

MetricValues metrics(const Task& task, const at::Tensor& prediction, const at::Tensor& target,
                     const MetricOptions& options = {}) {
  MetricSum sum(task, options);
  sum.add(prediction, target);
  return sum.result();
}

TEST(Loss, HasTheGradientOfItsFiniteDifferences) {
  constexpr double kStep = 1e-6;
  for (const auto& task : kAllKinds) {
    const Sample s = sample(task);
    const at::Tensor exact = gradient(task, s).flatten();
    for (int64_t i = 0; i < exact.numel(); i += 3) {
      at::Tensor up = s.prediction.clone();
      at::Tensor down = s.prediction.clone();
      up.flatten()[i] += kStep;
      down.flatten()[i] -= kStep;
      const double slope = (loss(task, up, s.target) - loss(task, down, s.target)) / (2 * kStep);
      EXPECT_NEAR(exact[i].item<double>(), slope, 1e-7) << task.name << " " << i;
    }
  }
}

TEST(Loss, IsZeroWithZeroGradientsWhereNothingIsKnown) {
  for (const auto& task : kAllKinds) {
    const Sample s = all_unknown(task);
    EXPECT_EQ(loss(task, s.prediction, s.target), 0) << task.name;
    EXPECT_TRUE(gradient(task, s).equal(at::zeros_like(s.prediction))) << task.name;
    EXPECT_TRUE(metrics(task, s.prediction, s.target).empty()) << task.name;
  }
}

TEST(Loss, UnknownPlacesTakeNoPart) {
  for (const auto& task : kAllKinds) {
    Sample s = sample(task);
    const double before = loss(task, s.prediction, s.target);
    const at::Tensor slopes = gradient(task, s);
    EXPECT_TRUE(slopes[2].equal(at::zeros_like(slopes[2]))) << task.name;
    s.prediction[2].fill_(7);
    EXPECT_DOUBLE_EQ(loss(task, s.prediction, s.target), before) << task.name;
  }
}

TEST(Loss, OfZeroNormalsHasAFiniteGradient) {
  const Task& task = kAllKinds[6];
  const Sample s{at::zeros({1, 3, 1, 1}, at::kDouble), at::ones({1, 3, 1, 1}, at::kDouble)};
  EXPECT_TRUE(gradient(task, s).isfinite().all().item<bool>());
  EXPECT_NEAR(loss(task, s.prediction, s.target), 1, 1e-9);
}

TEST(Loss, HasItsClosedForm) {
  const auto row = [](std::vector<double> values, std::vector<int64_t> shape) {
    return at::tensor(values, at::kDouble).view(shape);
  };
  const auto yes = [](double x) { return std::log1p(std::exp(-x)); };
  EXPECT_NEAR(loss(kAllKinds[1], row({1, -2, 3}, {1, 3}), row({1, 0, -1}, {1, 3})), (yes(1) + yes(2)) / 2, 1e-12);
  EXPECT_NEAR(loss(kAllKinds[2], row({1, 5}, {1, 2}), row({2, 2}, {1, 2})), 5, 1e-12);
  EXPECT_NEAR(loss(kAllKinds[5], row({1, 9}, {1, 1, 1, 2}), row({3, 0}, {1, 1, 1, 2})), 2, 1e-12);
  EXPECT_NEAR(loss(kAllKinds[6], row({0, 0, 5}, {1, 3, 1, 1}), row({0.6, 0, 0.8}, {1, 3, 1, 1})), 0.2, 1e-7);
  // One yes and two no: w = 2/3, divided by three known pixels.
  const at::Tensor logits = row({1, 2, 3, 9}, {1, 1, 2, 2});
  const at::Tensor target = row({1, 0, 0, -1}, {1, 1, 2, 2});
  EXPECT_NEAR(loss(kAllKinds[7], logits, target), (2 * yes(1) + yes(-2) + yes(-3)) / 9, 1e-12);
  EXPECT_NEAR(loss(kAllKinds[8], logits, target), (0.95 * yes(1) + 0.05 * (yes(-2) + yes(-3))) / 3, 1e-12);
}

void expect_batches_add_up(const MetricOptions& options) {
  for (const auto& task : kAllKinds) {
    const Sample s = sample(task);
    const MetricValues whole = metrics(task, s.prediction, s.target, options);
    MetricSum sum(task, options);
    for (const auto& [begin, end] : {std::pair(0, 1), std::pair(1, 4), std::pair(4, 6)}) {
      sum.add(s.prediction.slice(0, begin, end), s.target.slice(0, begin, end));
    }
    const MetricValues parts = sum.result();
    for (const auto& name : metric_names(task.kind)) {
      EXPECT_NEAR(parts.at(name), whole.at(name), 1e-12) << task.name << " " << name;
    }
    EXPECT_EQ(parts.size(), metric_names(task.kind).size()) << task.name;
    EXPECT_NEAR(whole.at("loss"), loss(task, s.prediction, s.target), 1e-12) << task.name;
  }
}

TEST(MetricSum, OfBatchesIsThatOfTheWhole) {
  expect_batches_add_up(kMatched);
  expect_batches_add_up(kByImage);
}

TEST(MetricSum, MatchesEdgesOnlyWhereAsked) {
  const Sample s = sample(kAllKinds[8]);
  EXPECT_FALSE(metrics(kAllKinds[8], s.prediction, s.target).contains("ods_f"));
}

TEST(MetricSum, OfImagesAveragesImagesWithKnownPixelsAndLeavesTheLossAlone) {
  for (const auto& task : kAllKinds) {
    const Sample s = sample(task);
    const MetricValues pooled = metrics(task, s.prediction, s.target);
    const MetricValues averaged = metrics(task, s.prediction, s.target, {.mean_of_images = true});
    const bool concerned = task.kind == TaskKind::kDepth || task.kind == TaskKind::kNormals;
    for (const auto& [metric, value] : pooled) {
      double expected = value;
      if (concerned && metric != "loss") {
        expected = 0;
        for (const int64_t i : {0, 1, 3, 4, 5}) {  // nothing is known of image 2
          expected += metrics(task, s.prediction.slice(0, i, i + 1), s.target.slice(0, i, i + 1)).at(metric) / 5;
        }
      }
      EXPECT_NEAR(averaged.at(metric), expected, 1e-12) << task.name << " " << metric;
    }
  }
}

/// Scores [B, classes, 1, pixels] that choose the given classes.
at::Tensor choosing(const std::vector<int64_t>& classes, int64_t count) {
  const at::Tensor chosen = at::tensor(classes, at::kLong);
  return at::one_hot(chosen, count).to(at::kFloat).t().reshape({1, count, 1, -1}).contiguous();
}

TEST(Segmentation, LeavesOutAbsentClassesAndVoidPixels) {
  const at::Tensor target = at::tensor({0, 0, 1, 1, -1}, at::kLong).view({1, 1, 5});
  const auto values = metrics(kAllKinds[3], choosing({0, 1, 1, 1, 2}, 4), target);
  EXPECT_DOUBLE_EQ(values.at("miou"), (1.0 / 2 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(values.at("pixel_accuracy"), 0.75);
  const auto wrong = metrics(kAllKinds[3], choosing({0, 2, 1, 1, 2}, 4), target);  // class 2 is predicted, never true
  EXPECT_DOUBLE_EQ(wrong.at("miou"), (1.0 / 2 + 1 + 0) / 3);
}

TEST(Depth, PoolsPixelsOfAllImages) {
  const auto values = metrics(kAllKinds[5], at::tensor({1.F, 4.F, 9.F}).view({3, 1, 1, 1}),
                              at::tensor({2.F, 8.F, 0.F}).view({3, 1, 1, 1}));
  EXPECT_DOUBLE_EQ(values.at("abs_err"), 2.5);
  EXPECT_DOUBLE_EQ(values.at("rel_err"), 0.5);
  EXPECT_DOUBLE_EQ(values.at("rmse"), std::sqrt((1 + 16) / 2.0));
  EXPECT_DOUBLE_EQ(values.at("log_rmse"), std::log(2));
}

TEST(Depth, AveragesImagesWhereAsked) {
  const at::Tensor prediction = at::tensor({1.F, 4.F, 5.F, 3.F}).view({2, 1, 1, 2});
  const at::Tensor target = at::tensor({2.F, 2.F, 4.F, 0.F}).view({2, 1, 1, 2});
  EXPECT_DOUBLE_EQ(metrics(kAllKinds[5], prediction, target).at("abs_err"), (1 + 2 + 1) / 3.0);
  EXPECT_DOUBLE_EQ(metrics(kAllKinds[5], prediction, target, kByImage).at("abs_err"), (1.5 + 1) / 2);
}

TEST(Depth, CountsAPredictionThatIsNotPositiveAsTheLeastOne) {
  const auto values = metrics(kAllKinds[5], at::tensor({-3.F}).view({1, 1, 1, 1}), at::ones({1, 1, 1, 1}));
  EXPECT_NEAR(values.at("log_rmse"), std::log(1e9), 1e-9);
}

TEST(Regression, JudgesEveryNumberAndLeavesOutTheUnknown) {
  const double unknown = std::nan("");
  const at::Tensor target = at::tensor({1., 5., 3., unknown, 5., 5.}).view({3, 2});
  const auto values = metrics(kAllKinds[2], at::tensor({2., 4., 3., 9., 5., 5.}).view({3, 2}), target);
  EXPECT_DOUBLE_EQ(values.at("mae"), 2.0 / 5);
  EXPECT_DOUBLE_EQ(values.at("rmse"), std::sqrt(2.0 / 5));
  EXPECT_DOUBLE_EQ(values.at("r2"), 1 - 1.0 / 8);  // the second number never varies
  EXPECT_FALSE(metrics(kAllKinds[2], target.slice(0, 0, 1), target.slice(0, 0, 1)).contains("r2"));
}

TEST(Classification, ErrorIsTheRestOfAccuracy) {
  const auto values = metrics(kAllKinds[0], at::eye(4), at::tensor({0, 1, 1, -1}, at::kLong));
  EXPECT_DOUBLE_EQ(values.at("accuracy"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(values.at("error"), 1.0 / 3);
}

TEST(Normals, MeasureAnglesOfAnyLength) {
  const std::vector<double> degrees{0, 10, 20, 25, 90};
  std::vector<at::Tensor> pixels;
  for (const double angle : degrees) {
    const double radians = angle * std::numbers::pi / 180;
    pixels.push_back(at::tensor({3 * std::sin(radians), 0.0, 3 * std::cos(radians)}, at::kDouble));
  }
  const at::Tensor prediction = at::stack(pixels, 1).view({1, 3, 1, 5});
  at::Tensor target = at::zeros({1, 3, 1, 5}, at::kDouble);
  target.select(1, 2).fill_(1);
  const auto values = metrics(kAllKinds[6], prediction, target);
  EXPECT_NEAR(values.at("mean_angle"), 29, 1e-5);
  EXPECT_NEAR(values.at("median_angle"), 20, 0.01);
  EXPECT_DOUBLE_EQ(values.at("within_11.25"), 0.4);
  EXPECT_DOUBLE_EQ(values.at("within_22.5"), 0.6);
  EXPECT_DOUBLE_EQ(values.at("within_30"), 0.8);
}

TEST(Normals, TheMedianIsExactToAHundredthOfADegree) {
  at::manual_seed(3);
  const at::Tensor prediction = at::randn({2, 3, 20, 25}, at::kDouble);
  const at::Tensor target = at::randn({2, 3, 20, 25}, at::kDouble);
  const at::Tensor cosine = at::cosine_similarity(prediction, target, 1);
  const at::Tensor sorted = std::get<0>((cosine.acos() * (180 / std::numbers::pi)).flatten().sort());
  const double exact = (sorted[499] + sorted[500]).item<double>() / 2;
  EXPECT_NEAR(metrics(kAllKinds[6], prediction, target).at("median_angle"), exact,
              0.02 + (sorted[500] - sorted[499]).item<double>());
}

double logit(double p) { return std::log(p / (1 - p)); }

TEST(Saliency, TakesTheBestThresholdOfMeansOverImages) {
  // Image 1: above 0.5 exactly the two true pixels; image 2: nothing true, and nothing above 0.6; image 3: void.
  const at::Tensor logits = at::tensor({logit(.95), logit(.7), logit(.4), logit(.1),      //
                                        logit(.58), logit(.1), logit(.1), logit(.1),      //
                                        logit(.99), logit(.99), logit(.99), logit(.99)})  //
                                .view({3, 1, 2, 2});
  const at::Tensor target = at::tensor({1., 1., 0., 0., 0., 0., 0., 0., -1., -1., -1., -1.}).view({3, 1, 2, 2});
  const auto values = metrics(kAllKinds[7], logits, target);
  EXPECT_DOUBLE_EQ(values.at("miou"), 1);     // at 0.60 and 0.65: both empty in image 2 is a full match
  EXPECT_DOUBLE_EQ(values.at("max_f"), 0.5);  // precision and recall are 0 in image 2
  const auto worse = metrics(kAllKinds[7], logits.slice(0, 0, 1), 1 - target.slice(0, 0, 1));
  EXPECT_NEAR(worse.at("miou"), 0.25, 1e-12);  // at 0.2: {1, 2, 3} against {3, 4}
}

TEST(Edges, PoolPixelsAndTakeTheBestThreshold) {
  const at::Tensor logits = at::tensor({logit(.9), logit(.6), logit(.5), logit(.2), logit(.95)}).view({1, 1, 1, 5});
  const at::Tensor target = at::tensor({1., 0., 1., 0., -1.}).view({1, 1, 1, 5});
  EXPECT_NEAR(metrics(kAllKinds[8], logits, target).at("best_f"), 0.8, 1e-12);  // P = 2/3, R = 1 below 0.5
}

TEST(Edges, OnACanvasAreMatchedAsTheyAreWithoutIt) {
  at::manual_seed(7);
  const Task& task = kAllKinds[8];
  const at::Tensor logits = at::randn({1, 1, 90, 120});
  const at::Tensor target = at::rand({1, 1, 90, 120}).lt(0.05).to(at::kFloat);
  const auto alone = metrics(task, logits, target, kMatched);
  const at::Tensor canvas = at::full({1, 1, 400, 300}, kVoid, at::kFloat);
  canvas.slice(2, 10, 100).slice(3, 20, 140).copy_(target);
  const at::Tensor everywhere = at::full({1, 1, 400, 300}, 9.F);
  everywhere.slice(2, 10, 100).slice(3, 20, 140).copy_(logits);
  const auto padded = metrics(task, everywhere, canvas, kMatched);
  for (const char* name : {"ods_f", "ois_f", "average_precision"}) EXPECT_EQ(padded.at(name), alone.at(name)) << name;
  EXPECT_GT(alone.at("ods_f"), alone.at("best_f"));
}

// FAMO's number for an attribute of CelebA: 2 TP / (2 TP + FP + FN) over the data set, yes above a probability of 0.5.
TEST(MultiLabel, F1OfOneLabelIsThatOfItsYes) {
  const Task task{"Smiling", TaskKind::kMultiLabel, 1};
  const at::Tensor logits = at::tensor({1., 2., .1, -.1, -3.}).view({5, 1});
  const auto values = metrics(task, logits, at::tensor({1., 0., 1., 1., 0.}).view({5, 1}));
  EXPECT_DOUBLE_EQ(values.at("f1"), 2 * 2.0 / (2 * 2 + 1 + 1));
  EXPECT_DOUBLE_EQ(values.at("error"), 2.0 / 5);
  const auto none = metrics(task, logits.slice(0, 4), at::zeros({1, 1}));  // neither true nor predicted anywhere
  EXPECT_FALSE(none.contains("f1"));
  EXPECT_DOUBLE_EQ(none.at("accuracy"), 1);
}

TEST(MultiLabel, F1IsTheMeanOverLabelsThatOccur) {
  const at::Tensor logits = at::tensor({1., -1., -1., 1., 1., -1.}).view({2, 3});
  const at::Tensor target = at::tensor({1., 1., 0., 0., 1., -1.}).view({2, 3});
  const auto values = metrics(kAllKinds[1], logits, target);
  EXPECT_DOUBLE_EQ(values.at("accuracy"), 3.0 / 5);
  EXPECT_DOUBLE_EQ(values.at("f1"), (2.0 / 3 + 2.0 / 3) / 2);
}

TEST(MetricSum, StaysFiniteWhereTheNetworkIsNot) {
  for (const auto& task : kAllKinds) {
    Sample s = sample(task);
    s.prediction.fill_(std::numeric_limits<double>::infinity());
    EXPECT_NO_THROW(metrics(task, s.prediction, s.target)) << task.name;
  }
}

}  // namespace
}  // namespace reconcile
