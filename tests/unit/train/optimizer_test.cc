#include "reconcile/train/optimizer.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/train/schedule.h"

namespace reconcile {
namespace {

/// Value of one parameter, from 1.0, after three steps with gradient = 2 * value and rate 0.1.
double after_three_steps(const OptimizerOptions& options) {
  at::Tensor parameter = at::ones({1}, at::kDouble);
  at::Tensor gradient = at::zeros({1}, at::kDouble);
  Optimizer optimizer(options, {{"p", parameter}}, {gradient});
  for (int i = 0; i < 3; ++i) {
    gradient.copy_(2 * parameter);
    optimizer.step(0.1);
  }
  return parameter.item<double>();
}

// Values by torch.optim of Python: see tests/golden/make_optimizers.py.
TEST(Optimizer, TakesTheStepsOfTheFormulas) {
  EXPECT_NEAR(after_three_steps({.name = "sgd", .momentum = 0.0}), 0.512, 1e-12);
  EXPECT_NEAR(after_three_steps({.name = "sgd", .momentum = 0.9}), 0.0619999999999999, 1e-9);
  EXPECT_NEAR(after_three_steps({.name = "sgd", .momentum = 0.9, .weight_decay = 0.5}), -0.11812500000000001, 1e-9);
  EXPECT_NEAR(after_three_steps({.name = "adam"}), 0.7015862729460302, 1e-9);
}

TEST(Optimizer, StateOfAnotherOptimizerIsRefused) {
  at::Tensor parameter = at::ones({2});
  Optimizer sgd({.name = "sgd"}, {{"p", parameter}}, {at::ones({2})});
  Optimizer other({.name = "sgd"}, {{"q", parameter}}, {at::ones({2})});
  EXPECT_THROW(other.load_state(sgd.state()), StateError);
}

TEST(Schedule, FollowsItsShape) {
  const ScheduleOptions steps{.name = "multi_step", .milestones = {60, 90}, .gamma = 0.1};
  EXPECT_DOUBLE_EQ(schedule_factor(steps, 60, 120), 1.0);
  EXPECT_DOUBLE_EQ(schedule_factor(steps, 61, 120), 0.1);
  EXPECT_NEAR(schedule_factor(steps, 91, 120), 0.01, 1e-15);
  EXPECT_DOUBLE_EQ(schedule_factor({.name = "cosine"}, 1, 10), 1.0);
  EXPECT_NEAR(schedule_factor({.name = "cosine"}, 6, 10), 0.5, 1e-15);
  EXPECT_DOUBLE_EQ(schedule_factor({}, 7, 10), 1.0);
}

}  // namespace
}  // namespace reconcile
