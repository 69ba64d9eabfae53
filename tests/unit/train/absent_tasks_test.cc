#include "reconcile/train/absent_tasks.h"

#include <gtest/gtest.h>

#include "reconcile/core/target.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

std::vector<std::string> all_aggregators() {
  return {
#define X(stem) #stem,
#include "reconcile/aggregators/catalog.inc"
#undef X
  };
}

Batch quadrants_at(const std::vector<int64_t>& samples) { return quadrants(96, 1)->batch(samples, Rng(0)); }

/// Batches of the quadrants without targets of T2.
std::vector<Batch> batches_without_t2(int64_t count) {
  std::vector<Batch> batches;
  for (int64_t b = 0; b < count; ++b) batches.push_back(quadrants_at({4 * b, 4 * b + 1, 4 * b + 2, 4 * b + 3}));
  for (auto& batch : batches) batch.targets[1] = at::full_like(batch.targets[1], kVoid);
  return batches;
}

/// How far the shared parameters move in a step without targets of T2.
at::Tensor move_of(TinyMethod& method, StepResult* result = nullptr) {
  auto model = tiny_model();
  ConflictRecorder recorder(model->shared_layout(), model->task_names(), {0.0});
  const auto flat = [&] {
    std::vector<at::Tensor> parts;
    for (const auto& parameter : model->shared_parameters()) parts.push_back(parameter.detach().flatten().clone());
    return at::cat(parts);
  };
  const at::Tensor before = flat();
  Step step(*model, method.for_step(), {}, {.lr = 1.0}, &recorder);
  Rng rng(3);
  const auto batches = batches_without_t2(method.for_step().batches_per_step());
  const StepResult got = step(batches, {0, 10, 1}, 1.0, rng);
  if (result != nullptr) *result = got;
  return before - flat();
}

TEST(AbsentTasks, AreThoseOfWhichNothingIsKnown) {
  const auto batches = batches_without_t2(1);
  EXPECT_EQ(absent_tasks(two_tasks(), batches.front(), {1.5, 0.0}), std::vector<int64_t>{1});
  EXPECT_TRUE(absent_tasks(two_tasks(), quadrants_at({0, 1}), {0.0, 0.0}).empty());
}

/// Every method follows the one task that is left, as if there were no other. Equal gradients have their length, but
/// for methods that go part of the way at the first step, or further (cagrad).
TEST(AbsentTasks, TheOthersGoOnAlone) {
  TinyMethod sum("sum");
  const at::Tensor expected = move_of(sum);
  ASSERT_GT(expected.norm().item<double>(), 0);
  for (const auto& name : all_aggregators()) {
    TinyMethod method(name);
    StepResult result;
    const at::Tensor actual = move_of(method, &result);
    EXPECT_EQ(result.absent, std::vector<int64_t>{1}) << name;
    EXPECT_EQ(result.gramian.size(), 0) << name;
    const double cosine = (actual.dot(expected) / (actual.norm() * expected.norm())).item<double>();
    EXPECT_NEAR(cosine, 1.0, 1e-5) << name;
    const double length = (actual.norm() / expected.norm()).item<double>();
    if (name == "moco" || name == "db_mtl_g" || name == "cagrad") continue;
    EXPECT_NEAR(length, 1.0, 1e-5) << name;
    EXPECT_NEAR(result.weights ? result.weights->front() : 1.0, 1.0, 1e-5) << name;
  }
}

/// The memory of a task that is absent stays, that of the others moves on.
TEST(AbsentTasks, KeepTheirMemory) {
  const TinyMethod method("gradnorm");
  Aggregator& aggregator = *method.aggregator;
  TaskGradients rows(
      [] {
        ParamLayout layout;
        layout.add_layer("a");
        layout.add_parameter("a.weight", 4);
        return layout;
      }(),
      at::arange(12, at::kFloat).view({3, 4}) + 1);
  rows.losses = {1.0, 2.0, 3.0};
  at::Tensor gradient = at::zeros({4});
  Rng rng(0);
  aggregator(rows, rng, gradient);
  const auto before = aggregator.state();
  std::vector<at::Tensor> kept;
  for (const auto& [name, tensor] : before) kept.push_back(tensor.clone());
  rows.losses = {0.9, 0.0, 3.5};
  rows.scale({1.0, 0.0, 1.0});
  const Aggregation result = aggregate_present(aggregator, rows, {1}, rng, gradient);
  const auto after = aggregator.state();
  ASSERT_EQ(after.size(), kept.size());
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].second.sizes(), kept[i].sizes());
    EXPECT_TRUE(at::equal(after[i].second[1], kept[i][1])) << after[i].first;
  }
  EXPECT_FALSE(at::equal(after[0].second, kept[0])) << after[0].first;
  EXPECT_EQ(result.weights->size(), 3U);
}

/// The rows of a pair of tasks in a memory of pairs.
TEST(AbsentTasks, KeepTheirPairs) {
  const TinyMethod method("gradvac");
  Aggregator& aggregator = *method.aggregator;
  aggregator.load_state({{"targets", at::arange(9, at::kDouble).view({1, 3, 3}) / 10}});
  ParamLayout layout;
  layout.add_layer("a");
  layout.add_parameter("a.weight", 4);
  TaskGradients rows(layout, at::tensor({1.F, 2.F, 3.F, 4.F, 0.F, 0.F, 0.F, 0.F, -4.F, 3.F, 2.F, -1.F}).view({3, 4}));
  rows.losses = {1.0, 0.0, 1.0};
  at::Tensor gradient = at::zeros({4});
  Rng rng(0);
  aggregate_present(aggregator, rows, {1}, rng, gradient);
  const at::Tensor after = aggregator.state().front().second;
  const at::Tensor given = at::arange(9, at::kDouble).view({1, 3, 3}) / 10;
  EXPECT_TRUE(at::equal(after[0][1], given[0][1]));
  EXPECT_TRUE(at::equal(after[0].select(1, 1), given[0].select(1, 1)));
  EXPECT_NE(after[0][0][2].item<double>(), given[0][0][2].item<double>());
}

/// The scalarizer sees the loss that the task had last.
TEST(AbsentTasks, ScalarizersSeeTheLastLoss) {
  for (const char* name : {"gls", "uw", "dwa", "famo", "si", "stch", "gemtl"}) {
    auto model = tiny_model();
    const TinyMethod method("sum", name);
    Step step(*model, method.for_step(), {}, {.lr = 0.01}, nullptr);
    Rng rng(3);
    const std::vector<Batch> full{quadrants_at({50, 51, 52, 53})};
    const StepResult first = step(full, {0, 10, 1}, 0.01, rng);
    const auto batches = batches_without_t2(1);
    const StepResult second = step(batches, {1, 10, 1}, 0.01, rng);
    EXPECT_EQ(second.losses[1], 0.0) << name;
    ASSERT_TRUE(second.weights) << name;
    for (const double weight : *second.weights) EXPECT_TRUE(std::isfinite(weight)) << name;
    for (const auto& [tensor_name, tensor] : step.method_state()) {
      if (tensor_name != "last_losses") continue;
      EXPECT_EQ(tensor[1].item<double>(), first.losses[1]) << name;
      EXPECT_EQ(tensor[0].item<double>(), second.losses[0]) << name;
    }
  }
}

}  // namespace
}  // namespace reconcile
