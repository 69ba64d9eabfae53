#include "reconcile/aggregators/inputs.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

#include "reconcile/base/error.h"
#include "unit/aggregators/entries.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

TEST(Inputs, NormsAreThoseOfTheRows) {
  const Eigen::ArrayXd norms = finite_norms(gradients_of(matrix({{3, 4}, {0, 0}})));
  EXPECT_EQ(norms(0), 5);
  EXPECT_EQ(norms(1), 0);
}

TEST(Inputs, IndependentGramianMultipliesTheOtherBatches) {
  TaskGradients gradients = gradients_of(matrix({{9, 9}, {9, 9}}));
  expect_message<StateError>([&] { independent_gramian(gradients, "modo"); },
                             "aggregator \"modo\": the step brought 1 batches, it needs 3");
  gradients.independent = {matrix({{1, 2}, {3, 4}}), matrix({{1, 0}, {0, 2}})};
  EXPECT_EQ(independent_gramian(gradients, "modo"), (Eigen::MatrixXd(2, 2) << 1, 4, 3, 8).finished());
  gradients.independent[1][1][0] = std::numeric_limits<double>::quiet_NaN();
  expect_message<StateError>([&] { independent_gramian(gradients, "modo"); }, "of task 1 are not finite");
}

TEST(Inputs, LossesMustBePositive) {
  TaskGradients gradients = gradients_of(matrix({{1, 2}, {3, 4}}));
  expect_message<StateError>([&] { positive_losses(gradients, "gradnorm"); }, "\"gradnorm\": 0 losses for 2 tasks");
  gradients.losses = {0.5, 2};
  EXPECT_EQ(positive_losses(gradients, "gradnorm")(1), 2);
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    gradients.losses[1] = bad;
    expect_message<StateError>([&] { positive_losses(gradients, "gradnorm"); }, "the loss of task 1 is ",
                               "it must be positive");
  }
}

}  // namespace
}  // namespace reconcile
