#include "reconcile/core/task_gradients.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

/// Two layers: a (2 + 1 numbers) and b (2).
ParamLayout small_layout() {
  ParamLayout layout;
  layout.add_layer("a");
  layout.add_parameter("a.weight", 2);
  layout.add_parameter("a.bias", 1);
  layout.add_layer("b");
  layout.add_parameter("b.weight", 2);
  return layout;
}

TEST(TaskGradients, StartAsZerosOfTheAskedType) {
  const TaskGradients gradients(small_layout(), 3, at::kDouble);
  EXPECT_EQ(gradients.num_tasks(), 3);
  EXPECT_TRUE(gradients.rows().equal(at::zeros({3, 5}, at::kDouble)));
}

TEST(TaskGradients, PlacesAreViewsOfTheBuffer) {
  const TaskGradients gradients(small_layout(), 2, at::kFloat);
  gradients.place(1, 1).fill_(7);
  gradients.place(0, 2).fill_(3);
  EXPECT_TRUE(gradients.rows().equal(at::tensor({0., 0., 0., 3., 3., 0., 0., 7., 0., 0.}, at::kFloat).view({2, 5})));
  EXPECT_EQ(gradients.place(0, 0).sizes(), std::vector<int64_t>{2});
}

TEST(TaskGradients, LieOverGivenRows) {
  const at::Tensor rows = at::ones({2, 5});
  const TaskGradients gradients(small_layout(), rows);
  gradients.place(0, 0).fill_(2);
  EXPECT_EQ(rows[0][0].item<float>(), 2);
}

TEST(TaskGradients, RefuseRowsOfAnotherShape) {
  expect_message<InvalidArgument>(
      [] {
        TaskGradients(small_layout(), at::ones({2, 6}));
      },
      "task gradients: rows have shape 2 x 6, the layout needs [T, 5].");
  expect_message<InvalidArgument>([] { TaskGradients(small_layout(), at::ones({5})); }, "rows have shape 5,");
}

TEST(TaskGradients, GramianIsTheSumOverTheLayers) {
  const TaskGradients gradients(small_layout(), at::arange(10, at::kDouble).view({2, 5}));
  const at::Tensor layers = gradients.layer_gramians();
  EXPECT_TRUE(layers.sum(0).equal(gradients.gramian()));
  EXPECT_TRUE(gradients.gramian().equal(gradients.rows().mm(gradients.rows().t())));
}

TEST(TaskGradients, KeepGramiansUntilChanged) {
  TaskGradients gradients(small_layout(), at::ones({2, 5}));
  EXPECT_EQ(gradients.gramian()[0][0].item<double>(), 5);
  gradients.rows().fill_(2);
  EXPECT_EQ(gradients.gramian()[0][0].item<double>(), 5);
  gradients.changed();
  EXPECT_EQ(gradients.gramian()[0][0].item<double>(), 20);
}

TEST(TaskGradients, AreScaledWhenTheyAreRead) {
  const at::Tensor rows = at::arange(10, at::kDouble).view({2, 5});
  const std::vector<double> factors = {2, -0.5};
  const TaskGradients expected(small_layout(), rows * at::tensor(factors, at::kDouble).unsqueeze(1));
  TaskGradients before(small_layout(), rows.clone());  // scaled before anybody asks for the Gramians
  before.scale(factors);
  TaskGradients after(small_layout(), rows.clone());
  (void)after.layer_gramians();
  after.scale({2, 1});
  after.scale({1, -0.5});
  for (const auto* gradients : {&before, &after}) {
    EXPECT_TRUE(gradients->layer_gramians().allclose(expected.layer_gramians()));
    at::Tensor out = at::empty({5}, at::kDouble);
    at::Tensor sum = at::empty({5}, at::kDouble);
    gradients->combine({3, 4}, out);
    expected.combine({3, 4}, sum);
    EXPECT_TRUE(out.allclose(sum));
    EXPECT_TRUE(gradients->rows().equal(expected.rows()));
    EXPECT_TRUE(gradients->rows().equal(expected.rows()));  // once
    EXPECT_TRUE(gradients->layer_gramians().allclose(expected.layer_gramians()));
  }
}

TEST(TaskGradients, PartsAndNewRowsKnowTheFactors) {
  TaskGradients gradients(small_layout(), at::ones({2, 5}, at::kDouble));
  gradients.scale({2, 3});
  EXPECT_TRUE(gradients.part(1, 2).rows().equal(at::tensor({2., 2., 3., 3.}, at::kDouble).view({2, 2})));
  EXPECT_EQ(gradients.part(0, 1).gramian()[0][1].item<double>(), 18);
  gradients.scale({5, 5});
  gradients.changed();
  EXPECT_EQ(gradients.gramian()[0][0].item<double>(), 20);  // the factors were those of the old rows
}

TEST(TaskGradients, CountTheSecondsOfTheirPasses) {
  const TaskGradients gradients(small_layout(), at::ones({2, 5}));
  const TaskGradients part = gradients.part(0, 1);
  EXPECT_GT(gradients.take_seconds().gramians, 0);
  at::Tensor out = at::empty({3});
  part.combine({1, 1}, out);
  EXPECT_GT(gradients.take_seconds().combines, 0);
  EXPECT_EQ(gradients.take_seconds().combines, 0);
}

TEST(TaskGradients, CombineWeighsTheRows) {
  const TaskGradients gradients(small_layout(), at::arange(10, at::kFloat).view({2, 5}));
  at::Tensor out = at::empty({5});
  gradients.combine({2, -1}, out);
  EXPECT_TRUE(out.equal(at::tensor({-5., -4., -3., -2., -1.}, at::kFloat)));
}

TEST(TaskGradients, CombineRefusesAnotherNumberOfWeights) {
  const TaskGradients gradients(small_layout(), 2, at::kFloat);
  at::Tensor out = at::empty({5});
  expect_message<InvalidArgument>([&] { gradients.combine({1}, out); }, "task gradients: 1 weights for 2 tasks.");
}

}  // namespace
}  // namespace reconcile
