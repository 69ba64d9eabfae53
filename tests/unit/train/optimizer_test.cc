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

/// A parameter [300, 200] after four steps with gradients that change; in one piece or with its axes exchanged.
at::Tensor after_four_steps(const OptimizerOptions& options, at::ScalarType type, bool in_one_piece) {
  const at::Tensor start = at::linspace(-1, 1, 60000, at::kDouble).view({300, 200}).to(type);
  const at::Tensor parameter = in_one_piece ? start.clone() : start.t().contiguous().t();
  const at::Tensor gradient = at::empty({300, 200}, type);
  const at::Tensor undecayed = at::ones({3}, type);
  Optimizer optimizer(options, {{"p", parameter}, {"u", undecayed}}, {gradient, at::zeros({3}, type)}, 1, {0.5, 1});
  for (int i = 0; i < 4; ++i) {
    at::Tensor(gradient).copy_((parameter * (3 + i)).sin());
    optimizer.step(0.1);
  }
  EXPECT_TRUE(undecayed.equal(at::ones({3}, type)));
  return parameter.contiguous();
}

TEST(Optimizer, OnePassIsWhatTheOperationsGive) {
  for (const char* name : {"sgd", "adam"}) {
    for (const double weight_decay : {0.0, 0.01}) {
      const OptimizerOptions options{.name = name, .weight_decay = weight_decay};
      EXPECT_TRUE(after_four_steps(options, at::kDouble, true)
                      .allclose(after_four_steps(options, at::kDouble, false), 1e-12, 1e-13))
          << name;
      EXPECT_TRUE(after_four_steps(options, at::kFloat, true)
                      .allclose(after_four_steps(options, at::kFloat, false), 1e-5, 1e-5))
          << name;
    }
  }
}

// What is cached of a parameter is known to be old by its version.
TEST(Optimizer, AStepIsANewVersionOfEveryParameter) {
  at::Tensor parameter = at::ones({2});
  Optimizer optimizer({.name = "sgd"}, {{"p", parameter}}, {at::ones({2})});
  const auto before = parameter._version();
  optimizer.step(0.1);
  EXPECT_GT(parameter._version(), before);
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
