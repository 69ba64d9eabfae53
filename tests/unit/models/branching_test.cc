#include "reconcile/models/branching.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/models/networks.h"

namespace reconcile {
namespace {

/// Two linear units, `fc1` and `fc2`, for T tasks.
std::unique_ptr<BranchingModel> two_units(int64_t num_tasks) {
  ModelContext context;
  context.tasks = class_tasks(num_tasks);
  context.input_shape = {1, 2, 2};
  context.rng = Rng(1);
  context.backbone = [](const LayerScope& scope, const std::vector<int64_t>& shape) {
    return backbone_named("mlp").make(
        {{"width", 5}}, [](const std::string& key) { return key; }, scope, shape);
  };
  context.head = [](const std::string& name, const HeadShape& shape, const LayerScope& scope) {
    return head_named(name).make(shape, scope);
  };
  return std::make_unique<BranchingModel>(context);
}

/// Task t of unit u prefers column `column` by `strength`.
void prefer(BranchingModel& model, int64_t u, int64_t t, int64_t column, double strength) {
  const at::NoGradGuard no_grad;
  model.logits()[u * model.num_tasks() + t].zero_()[column] = strength;
}

TEST(Branching, TheTreeFollowsTheLargestLogitsAndNeverMeetsAgain) {
  const auto model = two_units(3);
  EXPECT_TRUE(model->tree().empty());
  prefer(*model, 0, 0, 1, 1);
  prefer(*model, 0, 1, 1, 1);
  prefer(*model, 0, 2, 2, 1);
  for (int64_t t = 0; t < 3; ++t) prefer(*model, 1, t, 0, 1);
  prefer(*model, 1, 1, 2, 1);
  const auto tree = model->tree();
  ASSERT_EQ(tree.size(), 2U);
  EXPECT_EQ(tree[0], (std::pair{std::string("fc1"), Partition({0, 0, 1})}));
  EXPECT_EQ(tree[1], (std::pair{std::string("fc2"), Partition({0, 1, 2})}));  // T1 and T3 parted at fc1
}

TEST(Branching, ExpectedCostIsThatOfACertainTree) {
  const auto model = two_units(3);
  const double fc1 = 2e-9 * 4 * 5;
  const double fc2 = 2e-9 * 5 * 5;
  for (int64_t u = 0; u < 2; ++u) {
    for (int64_t t = 0; t < 3; ++t) prefer(*model, u, t, 0, 50);
  }
  EXPECT_NEAR(model->expected_gflops().item<double>(), fc1 + fc2, 1e-12);
  prefer(*model, 0, 2, 1, 50);  // T3 leaves at fc1; fc2 cannot join it again
  EXPECT_NEAR(model->expected_gflops().item<double>(), 2 * fc1 + 3 * fc2, 1e-12);  // counted as fully split: an
  prefer(*model, 1, 2, 1, 50);                                                     // overestimate that the paper has
  EXPECT_NEAR(model->expected_gflops().item<double>(), 2 * fc1 + 2 * fc2, 1e-12);
}

TEST(Branching, ExpectedCostOfTwoTasksIsAClosedForm) {
  const auto model = two_units(2);
  prefer(*model, 0, 0, 0, 0.3);
  prefer(*model, 0, 1, 1, 1.1);
  prefer(*model, 1, 0, 0, -0.4);
  const auto same = [&](int64_t u) {
    const auto logits = model->logits();
    return (logits[2 * u].softmax(0) * logits[2 * u + 1].softmax(0)).sum().item<double>();
  };
  const double together = same(0) * same(1);
  const double expected = 2e-9 * (20 * (2 - same(0)) + 25 * (2 - together));
  EXPECT_NEAR(model->expected_gflops().item<double>(), expected, 1e-7 * expected);
}

TEST(Branching, ManyTasksHaveNoExpectedCost) {
  const auto model = two_units(7);
  test::expect_message<InvalidArgument>([&] { (void)model->expected_gflops(); }, "up to 6 tasks, there are 7",
                                        "resource = 0");
}

TEST(Branching, WarmUpKeepsEveryTaskToItsColumn) {
  const auto model = two_units(2);
  const at::Tensor x = at::rand({3, 1, 2, 2});
  const at::NoGradGuard no_grad;
  const Representation given = model->represent(Streams::shared(x, 2));
  for (int64_t t = 0; t < 2; ++t) {
    at::Tensor y = x.flatten(1);
    for (const char* unit : {"fc1", "fc2"}) {
      y = (*model->layer(fmt::format("columns.T{}.{}", t + 1, unit)))(y).relu();
    }
    EXPECT_TRUE(at::allclose(given.features[0].of_task(t), y));
  }
}

TEST(Branching, OneTaskAloneIsPredictedAsAmongAll) {
  const auto model = two_units(2);
  const at::Tensor x = at::rand({3, 1, 2, 2});
  const at::NoGradGuard no_grad;
  const auto all = model->forward(Streams::shared(x, 2));
  for (int64_t t = 0; t < 2; ++t) EXPECT_TRUE(at::equal(model->predict_task(t, x), all[t]));
}

TEST(Branching, OnlyTheTasksOwnLogitsLearnFromItsLoss) {
  const auto model = two_units(2);
  model->set_temperature(1.0);
  model->begin_step({0, 1, 1}, Rng(2));
  const auto logits = model->logits();
  const auto gradients = torch::autograd::grad({model->predict_task(1, at::rand({3, 1, 2, 2})).square().mean()}, logits,
                                               {}, {}, false, /*allow_unused=*/true);
  for (size_t i = 0; i < logits.size(); ++i) {
    EXPECT_EQ(gradients[i].defined() && gradients[i].abs().sum().item<double>() > 0, i % 2 == 1) << i;
  }
}

}  // namespace
}  // namespace reconcile
