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

/// What `count` steps of a method did.
struct Taken {
  NamedTensors state;  ///< of the network
  std::vector<StepResult> results;
};

/// Steps with plain SGD on the same batch, so that a parameter's move is its gradient.
Taken take_steps(MultiTaskModel& model, const TinyMethod& method, const StepOptions& options = {},
                 ConflictRecorder* recorder = nullptr, int64_t count = 1) {
  Step step(model, method.for_step(), options, {.lr = 0.1, .momentum = 0.0}, recorder);
  const Batch batch = batch_of(*quadrants(32, 1), 32);
  const std::vector<Batch> batches(static_cast<size_t>(method.aggregator->batches_per_step()), batch);
  Rng rng(1);
  Taken taken;
  for (int64_t i = 0; i < count; ++i) taken.results.push_back(step(batches, {i, count, 1}, 0.1, rng));
  taken.state = model.state();
  return taken;
}

/// Parameters after one step of `method`, with or without a recorder.
NamedTensors after_step(const std::string& method, bool record) {
  auto model = tiny_model();
  ConflictRecorder recorder(model->shared_layout(), model->task_names(), {0.0});
  return take_steps(*model, TinyMethod(method), {}, record ? &recorder : nullptr).state;
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
  take_steps(*model, TinyMethod("cagrad"));
  EXPECT_FALSE(at::equal(layer.copy(0)[0], layer.copy(1)[0]));
}

// With plain SGD the move of the shared parameters is the direction.
TEST(Step, TheGramianIsOfRawGradientsWhoseWeightedSumIsTheDirection) {
  const std::tuple<const char*, const char*, StepOptions> ways[] = {{"cagrad", "sum", {}},
                                                                    {"mgda", "si", {}},
                                                                    {"mgda", "mean", {.accumulate = 2}},
                                                                    {"modo", "uw", {}},
                                                                    {"upgrad", "gls", {.accumulate = 4}}};
  const auto raw = take_steps(*tiny_model(), TinyMethod("mgda", "sum")).results.front().gramian;
  for (const auto& [aggregator, scalarizer, options] : ways) {
    auto model = tiny_model();
    std::vector<at::Tensor> before;
    const std::vector<at::Tensor> parameters = model->shared_parameters();
    for (const auto& parameter : parameters) before.push_back(parameter.detach().clone());
    const StepResult result = take_steps(*model, TinyMethod(aggregator, scalarizer), options).results.front();
    double squared = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      squared += ((before[i] - parameters[i].detach()) / 0.1).square().sum().item<double>();
    }
    const Eigen::VectorXd weights = Eigen::Map<const Eigen::VectorXd>(result.weights->data(), 2);
    EXPECT_NEAR(weights.dot(result.gramian * weights) / squared, 1.0, 1e-3) << aggregator << " " << scalarizer;
    if (options.accumulate > 1) continue;  // batch norm sees other batches
    EXPECT_NEAR((result.gramian - raw).norm() / raw.norm(), 0.0, 1e-5) << aggregator << " " << scalarizer;
  }
}

TEST(Step, OnePassForAllHasNoGramian) {
  EXPECT_EQ(take_steps(*tiny_model(), TinyMethod("sum")).results.front().gramian.size(), 0);
  const auto kept = take_steps(*tiny_model(), TinyMethod("mgda"), {.update_every = 2}, nullptr, 2).results;
  EXPECT_EQ(kept[0].gramian.size(), 4);
  EXPECT_EQ(kept[1].gramian.size(), 0);
}

TEST(Step, ALossThatIsNotFiniteNamesItsTaskAndChangesNothing) {
  auto model = tiny_model();
  at::NoGradGuard no_grad;
  at::Tensor(model->own_layers(1)[0]->copy(0)[1]).fill_(std::numeric_limits<float>::quiet_NaN());
  const at::Tensor weight = model->layers()[0]->copy(0)[0].clone();
  at::AutoGradMode grad(true);
  try {
    take_steps(*model, TinyMethod("sum"));
    FAIL();
  } catch (const StateError& error) {
    EXPECT_NE(std::string(error.what()).find("\"T2\""), std::string::npos);
  }
  EXPECT_TRUE(at::equal(weight, model->layers()[0]->copy(0)[0]));
}

}  // namespace
}  // namespace reconcile
