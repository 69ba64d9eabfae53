// Function preservation: what splitting may and may not change.

#include "reconcile/convert/convert.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/base/error.h"
#include "unit/convert/networks.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

SplitPlan plan_of(const Names& layers, const Partition& groups) {
  SplitPlan plan{"test", {}};
  for (const auto& layer : layers) plan.layers.emplace_back(layer, groups);
  return plan;
}

Names layer_names(const MultiTaskModel& model) {
  Names names;
  for (const auto& layer : model.layers()) names.push_back(layer->name());
  return names;
}

void split_equal(MultiTaskModel& model, const Names& layers, Statistics statistics = Statistics::kMixed) {
  convert(model, plan_of(layers, Partition::separate(model.num_tasks())), CopyInit::kEqual, statistics, kShape, Rng(5));
}

void share_all(MultiTaskModel& model) {
  for (const auto& layer : model.layers()) layer->share();
}

std::vector<at::Tensor> predict(MultiTaskModel& model, const at::Tensor& x) {
  model.set_training(false);
  return model.forward(Streams::shared(x, model.num_tasks()));
}

/// Every single layer, then eight random subsets.
std::vector<Names> subsets(const MultiTaskModel& model) {
  const Names names = layer_names(model);
  std::vector<Names> result;
  for (const auto& name : names) result.push_back({name});
  Rng rng(9);
  for (int i = 0; i < 8; ++i) {
    Names subset;
    for (const auto& name : names) {
      if (rng.uniform() < 0.4) subset.push_back(name);
    }
    result.push_back(subset);
  }
  return result;
}

class EveryNetwork : public testing::TestWithParam<std::string> {};

TEST_P(EveryNetwork, EqualCopiesGiveBitEqualOutputs) {
  const at::Tensor x = at::rand({3, 1, 36, 36});
  auto model = make_network(GetParam(), 3);
  const auto expected = predict(*model, x);
  for (const auto& subset : subsets(*model)) {
    for (const auto statistics : {Statistics::kMixed, Statistics::kStream}) {
      split_equal(*model, subset, statistics);
      const auto actual = predict(*model, x);
      share_all(*model);
      for (size_t t = 0; t < 3; ++t)
        ASSERT_TRUE(at::equal(actual[t], expected[t])) << fmt::format("{}", fmt::join(subset, " "));
    }
  }
}

TEST_P(EveryNetwork, EqualCopiesInAnyGroupsGiveBitEqualOutputs) {
  const at::Tensor x = at::rand({3, 1, 36, 36});
  auto model = make_network(GetParam(), 5);
  const auto expected = predict(*model, x);
  Rng rng(2);
  for (int round = 0; round < 6; ++round) {
    SplitPlan plan{"random", {}};
    for (const auto& name : layer_names(*model)) {
      std::vector<int64_t> label;
      for (int t = 0; t < 5; ++t) label.push_back(static_cast<int64_t>(3 * rng.uniform()));
      if (rng.uniform() < 0.5) plan.layers.emplace_back(name, Partition(label));
    }
    for (const auto statistics : {Statistics::kMixed, Statistics::kStream}) {
      convert(*model, plan, CopyInit::kEqual, statistics, kShape, Rng(5));
      const auto actual = predict(*model, x);
      share_all(*model);
      for (size_t t = 0; t < 5; ++t) ASSERT_TRUE(at::equal(actual[t], expected[t])) << round;
    }
  }
}

TEST_P(EveryNetwork, GradientsOfTheCopiesSumToTheSharedGradient) {
  const at::Tensor x = at::rand({4, 1, 36, 36});
  const auto loss = [&](MultiTaskModel& model) {
    const auto y = predict(model, x);  // evaluation mode: the streams' batch statistics would differ by rounding only
    return y[0].square().mean() + y[1].sin().mean() + y[2].cos().mean();
  };
  auto shared = make_network(GetParam(), 3);
  const auto expected = torch::autograd::grad({loss(*shared)}, shared->shared_parameters());
  const ParamLayout layout = shared->shared_layout();
  for (const auto& subset : subsets(*shared)) {
    split_equal(*shared, subset);
    const at::Tensor total = loss(*shared);
    for (const auto& name : subset) {
      Layer& layer = *shared->layer(name);
      for (size_t p = 0; p < layer.copy(0).size(); ++p) {
        std::vector<at::Tensor> copies;
        for (int64_t g = 0; g < 3; ++g) copies.push_back(layer.copy(g)[p]);
        const auto gradients = torch::autograd::grad({total}, copies, {}, true);
        const at::Tensor sum = gradients[0] + gradients[1] + gradients[2];
        const std::string parameter = name + "." + layer.parameter_names()[p];
        for (size_t i = 0; i < layout.parameters().size(); ++i) {
          if (layout.parameters()[i].name != parameter) continue;
          EXPECT_LT((sum - expected[i]).norm().item<double>(), 1e-4 * expected[i].norm().item<double>() + 1e-7)
              << parameter;
        }
      }
    }
    share_all(*shared);
  }
}

TEST_P(EveryNetwork, AnEmptyPlanIsTheIdentity) {
  auto model = make_network(GetParam(), 2);
  const auto before = model->num_parameters();
  split_equal(*model, {});
  EXPECT_EQ(model->num_parameters(), before);
  EXPECT_EQ(model->shared_layout().num_layers(), static_cast<int64_t>(model->layers().size()));
}

TEST_P(EveryNetwork, AllLayersSplitAreSeparateNetworks) {
  const at::Tensor x = at::rand({4, 1, 36, 36});
  auto model = make_network(GetParam(), 2);
  convert(*model, plan_of(layer_names(*model), Partition::separate(2)), CopyInit::kFresh, Statistics::kMixed, kShape,
          Rng(5));
  EXPECT_EQ(model->shared_layout().size(), 0);
  model->set_training(true);
  for (int64_t t = 0; t < 2; ++t) {
    auto single = make_network(GetParam(), 1, t);
    NamedTensors state = single->state();
    for (auto& [name, tensor] : state) {
      for (const auto& [split_name, value] : model->state()) {
        const auto own = fmt::format("[{}]", model->tasks()[t].name);
        std::string plain = split_name;
        if (const auto at = plain.find(own); at != std::string::npos) plain.erase(at, own.size());
        if (plain == name && (split_name != plain || name.starts_with("heads."))) tensor = value.detach().clone();
      }
    }
    single->load_state(state, "test");
    const auto alone = single->forward(Streams::shared(x, 1));
    const auto joint = model->forward(Streams::shared(x, 2));
    EXPECT_TRUE(at::equal(alone[0], joint[t]));
  }
}

TEST_P(EveryNetwork, GroupsShareACopy) {
  auto model = make_network(GetParam(), 3);
  convert(*model, plan_of({layer_names(*model).front()}, Partition({0, 1, 0})), CopyInit::kFresh, Statistics::kMixed,
          kShape, Rng(5));
  const auto y = predict(*model, at::rand({2, 1, 36, 36}));
  EXPECT_EQ(model->shared_layout().layers().front().name, layer_names(*model).front() + "#0");
  EXPECT_EQ(model->task_parameters(0).size() + 1, model->task_parameters(1).size());
}

INSTANTIATE_TEST_SUITE_P(All, EveryNetwork, testing::ValuesIn(network_names()));

TEST(Convert, UnknownLayerIsAnError) {
  auto model = make_network("small_cnn", 2);
  EXPECT_THROW(split_equal(*model, {"block9.conv"}), StateError);
}

TEST(Convert, FreshCopiesDifferAndEqualOnesDoNot) {
  for (const auto init : {CopyInit::kEqual, CopyInit::kFresh}) {
    auto model = make_network("small_cnn", 2);
    convert(*model, plan_of({"block1.conv"}, Partition::separate(2)), init, Statistics::kMixed, kShape, Rng(5));
    const Layer& layer = *model->layer("block1.conv");
    EXPECT_EQ(at::equal(layer.copy(0)[0], layer.copy(1)[0]), init == CopyInit::kEqual);
  }
}

}  // namespace
}  // namespace reconcile
