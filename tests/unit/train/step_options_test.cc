// The options that belong to every method: where gradients are taken, when, and what reaches the heads.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/nn/functional.h"
#include "reconcile/train/network_probe.h"
#include "reconcile/train/step.h"
#include "unit/base/support.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

/// Three shared linear layers without batch norm, so that a batch is the sum of its samples.
class LinearNet final : public MultiTaskModel {
 public:
  LinearNet() : LinearNet(context()) {}
  Representation represent(const Streams& inputs) override {
    Streams x = map(inputs, [](const at::Tensor& images) { return images.flatten(1); });
    for (const auto& layer : layers()) x = relu((*layer)(x));
    return {{x}, {12, 12}};
  }

 private:
  static ModelContext context() {
    ModelContext context{.tasks = two_tasks(), .input_shape = kTinyShape, .rng = Rng(3)};
    context.head = [](const std::string& name, const HeadShape& shape, const LayerScope& scope) {
      return head_named(name).make(shape, scope);
    };
    return context;
  }
  explicit LinearNet(const ModelContext& context) : MultiTaskModel(context) {
    shared().add<Linear>("stem.first", 144, 10);
    shared().add<Linear>("stem.second", 10, 8);
    shared().add<Linear>("fc", 8, 6);
    add_heads(Backbone{.units = {{"fc", 0, {6, false}, nullptr}}}, context);
  }
};

Batch batch_of(int64_t size) {
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < size; ++i) samples.push_back(i);
  return quadrants(64, 1)->batch(samples);
}

/// The network after steps of plain SGD with rate 0.1 on one batch of 32, and what the steps said.
struct Trained {
  std::unique_ptr<LinearNet> model = std::make_unique<LinearNet>();
  std::vector<StepResult> results;

  explicit Trained(const TinyMethod& method, const StepOptions& options = {}, int64_t steps = 1,
                   const std::string& split_layer = "") {
    if (!split_layer.empty()) model->layer(split_layer)->split(Partition::separate(2), CopyInit::kEqual, Rng(0));
    Step step(*model, method.for_step(), options, {.lr = 0.1, .momentum = 0.0}, nullptr);
    const Batch batch = batch_of(32);
    Rng rng(1);
    for (int64_t i = 0; i < steps; ++i) results.push_back(step({&batch, 1}, {i, steps, 1}, 0.1, rng));
  }
  [[nodiscard]] at::Tensor move(const std::string& name) const {
    const NamedTensors before = LinearNet().state();
    const NamedTensors after = model->state();
    for (size_t i = 0; i < after.size(); ++i) {
      if (after[i].first == name) return after[i].second.detach() - before[i].second.detach();
    }
    throw std::out_of_range(name);
  }
};

void expect_same(const Trained& a, const Trained& b, double tolerance) {
  const NamedTensors left = a.model->state();
  const NamedTensors right = b.model->state();
  for (size_t i = 0; i < left.size(); ++i) {
    EXPECT_TRUE(at::allclose(left[i].second, right[i].second, tolerance, tolerance)) << left[i].first;
  }
}

TEST(StepOptions, PartsOfABatchGiveTheStepOfTheWholeBatch) {
  for (const char* aggregator : {"sum", "cagrad", "pcgrad"}) {
    expect_same(Trained(TinyMethod(aggregator)), Trained(TinyMethod(aggregator), {.accumulate = 4}), 1e-6);
  }
}

TEST(StepOptions, TheRepresentationTrainsTheSharedPartUnderLossOnlyMethods) {
  const Trained expected(TinyMethod("sum"));
  const Trained actual(TinyMethod("sum"), {.gradient = "representation"});
  EXPECT_GT(actual.move("stem.first.weight").norm().item<double>(), 0);
  expect_same(expected, actual, 1e-6);
}

TEST(StepOptions, EveryMethodReachesEveryParameterThroughTheRepresentation) {
  for (const char* aggregator : {"mgda", "cagrad", "pcgrad", "graddrop"}) {
    const Trained trained(TinyMethod(aggregator), {.gradient = "representation"});
    const NamedTensors state = trained.model->state();
    for (const auto& [name, tensor] : state) {
      EXPECT_GT(trained.move(name).norm().item<double>(), 0) << aggregator << " " << name;
    }
  }
}

TEST(StepOptions, BehindASplitEachTaskPullsItsOwnRepresentation) {
  const Trained expected(TinyMethod("sum"), {}, 1, "fc");
  const Trained actual(TinyMethod("sum"), {.gradient = "representation"}, 1, "fc");
  expect_same(expected, actual, 1e-6);
  test::expect_message<InvalidArgument>(
      [] { Trained(TinyMethod("graddrop"), {.gradient = "representation"}, 1, "fc"); }, "step.gradient",
      "a representation of its own", "no task weights");
}

TEST(StepOptions, WeightsAreKeptBetweenUpdates) {
  const Trained trained(TinyMethod("cagrad"), {.update_every = 2}, 4);
  EXPECT_EQ(trained.results[0].weights, trained.results[1].weights);
  EXPECT_NE(trained.results[1].weights, trained.results[2].weights);
  EXPECT_EQ(trained.results[2].weights, trained.results[3].weights);
}

TEST(StepOptions, AStepWithKeptWeightsIsTheirWeightedSum) {
  const Trained kept(TinyMethod("sum"), {.update_every = 3}, 3);
  expect_same(kept, Trained(TinyMethod("sum"), {}, 3), 1e-7);
}

TEST(StepOptions, HeadsGetTheirOwnOrTheWeightedGradient) {
  const Trained own(TinyMethod("cagrad"));
  const Trained weighted(TinyMethod("cagrad"), {.head_gradient = "weighted"});
  const Trained plain(TinyMethod("sum"));
  for (const auto& [t, name] : {std::pair{0, "heads.T1.weight"}, std::pair{1, "heads.T2.weight"}}) {
    EXPECT_TRUE(at::allclose(own.move(name), plain.move(name), 1e-4, 1e-7));
    const double weight = weighted.results[0].weights->at(static_cast<size_t>(t));
    EXPECT_TRUE(at::allclose(weighted.move(name), weight * plain.move(name), 1e-3, 1e-7));
  }
  EXPECT_TRUE(at::equal(own.move("fc.weight"), weighted.move("fc.weight")));
}

TEST(StepOptions, TheSharedGradientIsClippedAfterTheBackwardPass) {
  const auto norm = [](const Trained& trained) {
    double squares = 0;
    for (const char* name : {"stem.first", "stem.second", "fc"}) {
      for (const char* part : {".weight", ".bias"}) {
        squares += std::pow(trained.move(std::string(name) + part).norm().item<double>(), 2);
      }
    }
    return std::sqrt(squares) / 0.1;
  };
  EXPECT_NEAR(norm(Trained(TinyMethod("sum"), {.clip_norm = 0.01})), 0.01, 1e-5);
  EXPECT_NEAR(norm(Trained(TinyMethod("sum"), {.clip_norm = 100})), norm(Trained(TinyMethod("sum"))), 1e-5);
}

std::string refusal(const StepOptions& options, const std::string& aggregator) {
  try {
    check_step(options, *TinyMethod(aggregator).aggregator, [](const std::string& key) { return "a.toml:3: " + key; });
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(StepOptions, WhatAMethodCannotDoIsSaidWithThePlace) {
  EXPECT_EQ(refusal({.update_every = 3}, "cagrad"), "");
  EXPECT_EQ(refusal({.update_every = 3}, "graddrop"),
            "a.toml:3: update_every = 3, but this method has no task weights that could be used again. Set it to 1.");
  EXPECT_EQ(refusal({.head_gradient = "weighted"}, "graddrop"),
            "a.toml:3: head_gradient = \"weighted\", but this method has no task weights. Set it to \"own\".");
  EXPECT_EQ(
      refusal({.gradient = "representation", .accumulate = 2}, "cagrad"),
      "a.toml:3: accumulate = 2, but with gradient = \"representation\" the whole graph is kept anyway. Set it to "
      "1.");
}

TEST(StepOptions, AMethodOfSeveralBatchesNeedsParameters) {
  EXPECT_EQ(refusal({.gradient = "representation"}, "modo"),
            "a.toml:3: gradient = \"representation\", but this method needs gradients of several batches. Use "
            "\"parameters\".");
}

TEST(Backward, AGradientThatIsNotFiniteIsRefused) {
  Backward backward(LinearNet{});
  backward.shared()[3] = std::numeric_limits<float>::infinity();
  try {
    backward.check_and_clip(1.0);
    FAIL();
  } catch (const StateError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("a gradient is not finite; nothing was updated."));
  }
}

TEST(Backward, LargeFloatsAreFinite) {
  Backward backward(LinearNet{});
  backward.shared().fill_(1e30F);  // its square is not
  const double norm = 1e30 * std::sqrt(static_cast<double>(backward.shared().numel()));
  backward.check_and_clip(1.0);
  EXPECT_NEAR(backward.shared()[0].item<double>(), 1e30 / norm, 1e-6);
}

TEST(Backward, TheGraphIsFreedInTheLastPass) {
  LinearNet model;
  const Batch batch = batch_of(8);
  const auto losses = task_losses(model, model.forward(batch.inputs), batch);
  Backward backward(model);
  TaskGradients rows = backward.make_rows();
  backward.pull_rows(losses, {}, rows, false);
  EXPECT_THROW(backward.pull_rows(losses, {}, rows, false), c10::Error);
}

/// A head whose loss is finite and whose derivative is not: the square root of zero.
class RootHead final : public Layer {
 public:
  explicit RootHead(Rng rng) : Layer("heads.T2", 1) { initialise(rng); }
  std::vector<std::string> parameter_names() const override { return {"weight"}; }

 protected:
  at::Tensor apply(const Copy& copy, const Copy& /*statistics*/, const at::Tensor& x) override {
    return at::matmul(x, copy[0]) + (x * 0.0).sum(1, true).sqrt();
  }
  Copy make_copy(Rng /*rng*/) const override { return {at::ones({6, 4})}; }
  int64_t macs(const at::Tensor& /*y*/) const override { return 0; }
};

TEST(Backward, WhatIsNotFiniteStaysInItsTasksRow) {
  LinearNet model;
  RootHead head(Rng(1));
  const Batch batch = batch_of(8);
  const Streams z = model.represent(batch.inputs).features[0];
  const std::vector<at::Tensor> losses{
      at::cross_entropy_loss((*model.own_layers(0)[0])(z.of_task(0)), batch.targets[0]),
      at::cross_entropy_loss(head(z.of_task(1)), batch.targets[1])};
  ASSERT_TRUE(losses[1].isfinite().item<bool>());
  Backward backward(model);
  TaskGradients rows = backward.make_rows();
  backward.pull_rows(losses, {}, rows, false);
  EXPECT_TRUE(rows.rows()[0].isfinite().all().item<bool>());
  EXPECT_FALSE(rows.rows()[1].isfinite().all().item<bool>());
  backward.pull(model.represent(batch.inputs).features[0].values(), {at::Tensor()}, {}, false);
  EXPECT_EQ(backward.shared().norm().item<double>(), 0);  // an undefined cotangent leaves its output out
}

}  // namespace
}  // namespace reconcile
