#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/metrics/improvement.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {
namespace {

const TaskSet kTasks{{"T1", TaskKind::kClassification, 3}, {"T2", TaskKind::kClassification, 3}};

TEST(MetricSum, DoesNotDependOnTheBatchSize) {
  const at::Tensor predictions = at::randn({10, 3});
  const at::Tensor targets = at::randint(0, 3, {10}, at::kLong);
  MetricSum whole(kTasks[0]);
  whole.add(predictions, targets);
  MetricSum parts(kTasks[0]);
  for (int64_t i = 0; i < 10; i += 3) parts.add(predictions.slice(0, i, i + 3), targets.slice(0, i, i + 3));
  EXPECT_DOUBLE_EQ(whole.result().at("accuracy"), parts.result().at("accuracy"));
  EXPECT_NEAR(whole.result().at("loss"), parts.result().at("loss"), 1e-6);
  EXPECT_TRUE(MetricSum(kTasks[0]).result().empty());
}

TEST(MetricSum, AccuracyCountsTheLargestOutput) {
  MetricSum sum(kTasks[0]);
  sum.add(at::eye(3), at::arange(3));
  sum.add(at::eye(3), at::zeros({3}, at::kLong));
  EXPECT_DOUBLE_EQ(sum.result().at("accuracy"), 4.0 / 6.0);
}

TEST(MetricSum, CountsWhichClassIsTakenForWhich) {
  const at::Tensor predictions = at::eye(3).index_select(0, at::tensor({0, 1, 1, 2, 2}, at::kLong));
  const at::Tensor targets = at::tensor({0, 1, 2, 2, -1}, at::kLong);
  const at::Tensor expected = at::tensor({1, 0, 0, 0, 1, 0, 0, 1, 1}, at::kLong).view({3, 3});
  MetricSum sum(kTasks[0]);
  sum.add(predictions, targets);
  EXPECT_TRUE(at::equal(sum.confusion(), expected));
  MetricSum pixels({"seg", TaskKind::kSegmentation, 3});
  pixels.add(predictions.t().view({1, 3, 1, 5}), targets.view({1, 1, 5}));
  EXPECT_TRUE(at::equal(pixels.confusion(), expected));
  EXPECT_FALSE(MetricSum({"id", TaskKind::kClassification, 51}).confusion().defined());
  EXPECT_FALSE(MetricSum({"depth", TaskKind::kDepth, 1}).confusion().defined());
}

// Shi et al., table 1, joint + Recon: 98.13 and 89.26 against 98.37 and 89.63 give -0.33 %.
TEST(DeltaM, AgreesWithThePaper) {
  const TaskMetrics single{{"T1", {{"accuracy", 98.37}}}, {"T2", {{"accuracy", 89.63}}}};
  const TaskMetrics recon{{"T1", {{"accuracy", 98.13}}}, {"T2", {{"accuracy", 89.26}}}};
  EXPECT_NEAR(*delta_m(kTasks, recon, single), -0.33, 0.005);
  EXPECT_NEAR(*delta_m_flat(kTasks, recon, single), 0.33, 0.005);
}

TEST(DeltaM, IsAbsentWithoutAReference) {
  const TaskMetrics values{{"T1", {{"accuracy", 0.5}}}, {"T2", {{"accuracy", 0.5}}}};
  EXPECT_FALSE(delta_m(kTasks, values, {{"T1", {{"accuracy", 0.5}}}}));
  EXPECT_FALSE(delta_m(kTasks, values, {{"T1", {{"accuracy", 0.0}}}, {"T2", {{"accuracy", 0.5}}}}));
}

// Criteria are averaged inside a task first: (+10 % + 0) / 2 of one task and (+20 % - 10 %) / 2 of the other.
TEST(DeltaM, AveragesCriteriaInsideATaskAndKnowsTheirDirection) {
  const TaskSet tasks{{"s", TaskKind::kSegmentation, 3}, {"d", TaskKind::kDepth, 1}};
  const TaskMetrics single{{"s", {{"miou", 0.5}, {"pixel_accuracy", 0.8}}},
                           {"d", {{"abs_err", 2.0}, {"rel_err", 0.1}}}};
  const TaskMetrics values{{"s", {{"miou", 0.55}, {"pixel_accuracy", 0.8}}},
                           {"d", {{"abs_err", 1.6}, {"rel_err", 0.11}}}};
  EXPECT_NEAR(*delta_m(tasks, values, single), 5, 1e-9);
  EXPECT_NEAR(*delta_m_flat(tasks, values, single), -5, 1e-9);
  TaskMetrics unmeasured = values;
  unmeasured["d"].clear();
  EXPECT_FALSE(delta_m(tasks, unmeasured, single));
}

TEST(DeltaM, OfNormalsCountsAnglesDownAndSharesUp) {
  const TaskSet tasks{{"n", TaskKind::kNormals, 3}};
  const auto metrics = [](double mean, double median, double a, double b, double c) {
    return TaskMetrics{
        {"n",
         {{"mean_angle", mean}, {"median_angle", median}, {"within_11.25", a}, {"within_22.5", b}, {"within_30", c}}}};
  };
  EXPECT_NEAR(*delta_m(tasks, metrics(22, 10, 0.3, 0.55, 0.8), metrics(20, 20, 0.3, 0.5, 0.64)),
              (-10 + 50 + 0 + 10 + 25) / 5.0, 1e-9);
}

TEST(Spread, UsesTheSampleStandardDeviation) {
  EXPECT_DOUBLE_EQ(*spread({1.0, 3.0}).sd, std::sqrt(2.0));
  EXPECT_FALSE(spread({1.0}).sd);
}

}  // namespace
}  // namespace reconcile
