#include "reconcile/train/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reconcile {
namespace {

const TaskSet kTasks{{"s", TaskKind::kSegmentation, 3}, {"d", TaskKind::kDepth, 1}};

TaskMetrics metrics(double miou, double accuracy, double absolute, double relative) {
  return {{"s", {{"loss", 1}, {"miou", miou}, {"pixel_accuracy", accuracy}}},
          {"d", {{"abs_err", absolute}, {"loss", 2}, {"rel_err", relative}}}};
}

TEST(Achievements, TurnErrorsAround) {
  const auto values = achievements(kTasks, metrics(0.25, 0.64, 2, 8));
  EXPECT_NEAR(values[0], 0.4, 1e-12);
  EXPECT_NEAR(values[1], 0.25, 1e-12);
  EXPECT_NEAR(achievements(kTasks, {{"s", {}}, {"d", {}}})[1], 1, 1e-12);
}

TEST(ValidationScore, DoesNotDependOnUnits) {
  const auto difference = [](double unit) {
    return validation_score(kTasks, metrics(0.5, 0.5, unit * 2, 0.1)) -
           validation_score(kTasks, metrics(0.4, 0.5, unit * 3, 0.1));
  };
  EXPECT_NEAR(difference(1), difference(1000), 1e-9);
  EXPECT_NEAR(difference(1), (std::log(0.5 / 0.4) + std::log(3.0 / 2.0)) / 4, 1e-12);
}

TEST(ValidationScore, IsFiniteAndLowWhereAMetricIsNot) {
  const double good = validation_score(kTasks, metrics(0.4, 0.5, 3, 0.1));
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const double score = validation_score(kTasks, metrics(0.4, 0.5, bad, 0.1));
    EXPECT_TRUE(std::isfinite(score));
    EXPECT_LT(score, good);
  }
  EXPECT_LT(validation_score(kTasks, metrics(0, 0.5, 3, 0.1)), good);
}

TEST(TaskMetrics, AreWrittenInTheOrderOfImportance) {
  EXPECT_EQ(to_json(kTasks, metrics(0.5, 0.25, 1, 2)).dump(),
            R"({"s":{"miou":0.5,"pixel_accuracy":0.25,"loss":1.0},"d":{"abs_err":1.0,"rel_err":2.0,"loss":2.0}})");
  EXPECT_EQ(to_json({kTasks[0]}, {{"s", {}}}).dump(), R"({"s":{}})");
}

}  // namespace
}  // namespace reconcile
