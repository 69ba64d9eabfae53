#include "reconcile/train/step.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

Batch batch_of(const Dataset& data, int64_t size) {
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < size; ++i) samples.push_back(i);
  return data.batch(samples);
}

std::unique_ptr<Aggregator> make(const AggregatorEntry& entry) {
  return entry.make(Json::object(), [](const std::string& key) { return key; }, nullptr);
}

/// Parameters after one step of `method`, with or without a recorder.
NamedTensors after_step(const std::string& method, bool record) {
  auto model = tiny_model();
  const AggregatorEntry entry = aggregator_named(method);
  const auto aggregator = make(entry);
  ConflictRecorder recorder(model->shared_layout(), model->task_names(), {0.0});
  Step step(*model, *aggregator, entry.reduction, {.lr = 0.1}, record ? &recorder : nullptr);
  Rng rng(1);
  step(batch_of(*quadrants(32, 1), 32), 0.1, rng);
  return model->state();
}

double largest_difference(const NamedTensors& a, const NamedTensors& b) {
  double largest = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, (a[i].second - b[i].second).abs().max().item<double>());
  }
  return largest;
}

TEST(Step, OnePassOfTheSumEqualsOnePassForEachTask) {
  EXPECT_LT(largest_difference(after_step("sum", false), after_step("sum", true)), 1e-6);
}

TEST(Step, EveryMethodMovesEveryParameter) {
  const auto before = tiny_model()->state();
  for (const char* method : {"sum", "mgda", "pcgrad", "graddrop", "cagrad"}) {
    const auto after = after_step(method, true);
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_FALSE(at::equal(before[i].second, after[i].second)) << method << " " << before[i].first;
    }
  }
}

// With plain SGD the move of a head is its own task's gradient, whatever the aggregator does to the shared part.
TEST(Step, TaskParametersGetTheirOwnGradientUnderEveryMethod) {
  const auto expected = after_step("sum", false);
  for (const char* method : {"mgda", "pcgrad", "graddrop", "cagrad"}) {
    const auto actual = after_step(method, true);
    for (size_t i = 0; i < expected.size(); ++i) {
      if (!expected[i].first.starts_with("heads.")) continue;
      EXPECT_LT((expected[i].second - actual[i].second).abs().max().item<double>(), 1e-6)
          << method << expected[i].first;
    }
  }
}

// Recon: after the transform the copies leave the shared set; surgery acts on what is still shared.
TEST(Step, CopiesOfSplitLayersLeaveTheSharedVector) {
  auto model = tiny_model();
  const int64_t before = model->shared_layout().size();
  Layer& layer = *model->layer("block2.conv");
  layer.split(Partition::separate(2), CopyInit::kEqual, Rng(0));
  EXPECT_EQ(model->shared_layout().size(), before - layer.num_parameters());
  const AggregatorEntry entry = aggregator_named("cagrad");
  const auto aggregator = make(entry);
  Step step(*model, *aggregator, entry.reduction, {.lr = 0.1}, nullptr);
  Rng rng(1);
  step(batch_of(*quadrants(32, 1), 32), 0.1, rng);
  EXPECT_FALSE(at::equal(layer.copy(0)[0], layer.copy(1)[0]));
}

TEST(Step, ALossThatIsNotFiniteNamesItsTaskAndChangesNothing) {
  auto model = tiny_model();
  const AggregatorEntry entry = aggregator_named("sum");
  const auto aggregator = make(entry);
  Step step(*model, *aggregator, entry.reduction, {}, nullptr);
  at::NoGradGuard no_grad;
  at::Tensor(model->heads()[1]->copy(0)[1]).fill_(std::numeric_limits<float>::quiet_NaN());
  const at::Tensor weight = model->layers()[0]->copy(0)[0].clone();
  Rng rng(1);
  at::AutoGradMode grad(true);
  try {
    step(batch_of(*quadrants(32, 1), 32), 0.1, rng);
    FAIL();
  } catch (const StateError& error) {
    EXPECT_NE(std::string(error.what()).find("\"T2\""), std::string::npos);
  }
  EXPECT_TRUE(at::equal(weight, model->layers()[0]->copy(0)[0]));
}

}  // namespace
}  // namespace reconcile
