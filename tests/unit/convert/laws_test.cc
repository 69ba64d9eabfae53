// Function preservation over the whole catalogue: what splitting may and may not change.

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/convert/convert.h"
#include "unit/convert/plans.h"
#include "unit/kernels/bfloat16.h"
#include "unit/models/networks.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;
const std::vector<int64_t> kLawShape{1, 32, 32};

Names layer_names(const MultiTaskModel& model) {
  Names names;
  for (const auto& layer : model.layers()) names.push_back(layer->name());
  return names;
}

void share_all(MultiTaskModel& model) {
  for (const auto& layer : model.layers()) layer->share();
}

std::vector<at::Tensor> predict(MultiTaskModel& model, const at::Tensor& x) {
  model.set_training(false);
  return model.forward(Streams::shared(x, model.num_tasks()));
}

/// Single layers (all of them in a small network, about five in a deep one), then random subsets.
std::vector<Names> subsets(const MultiTaskModel& model) {
  const Names names = layer_names(model);
  const bool is_small = names.size() <= 20;
  const size_t stride = is_small ? 1 : names.size() / 4;
  std::vector<Names> result;
  for (size_t i = 0; i < names.size(); i += stride) result.push_back({names[i]});
  Rng rng(9);
  for (int i = 0; i < (is_small ? 4 : 2); ++i) {
    Names subset;
    for (const auto& name : names) {
      if (rng.uniform() < 0.4) subset.push_back(name);
    }
    if (!subset.empty()) result.push_back(subset);
  }
  return result;
}

struct Law {
  std::string backbone;
  std::string architecture = "hps";
};
std::ostream& operator<<(std::ostream& out, const Law& law) {
  return out << law.architecture << "_on_" << law.backbone;
}

/// Every backbone of the catalogue, and every architecture on a small one; MTAN on both of its kinds.
std::vector<Law> all_laws() {
  std::vector<Law> laws;
  for (const auto& backbone : backbone_names()) laws.push_back({backbone});
  for (const auto& architecture : architecture_names()) {
    if (architecture != "mtan" && architecture != "hps") laws.push_back({"small_cnn", architecture});
  }
  laws.push_back({"segnet", "mtan"});
  laws.push_back({"resnet18", "mtan"});
  return laws;
}

std::unique_ptr<MultiTaskModel> network(const Law& law, int64_t num_tasks, int64_t first = 0) {
  NetworkSpec spec{.backbone = law.backbone,
                   .architecture = law.architecture,
                   .tasks = class_tasks(num_tasks, first),
                   .shape = {1, 32, 32}};
  if (law.backbone == "small_cnn")
    spec.backbone_options = {{"width", 4}, {"features", law.architecture == "hps" ? 8 : 0}};
  auto model = build_network(spec);
  model->set_training(true);
  const at::NoGradGuard no_grad;
  model->forward(Streams::shared(at::rand({4, 1, 32, 32}), num_tasks));  // running statistics that matter
  return model;
}

/// Zeros for a tensor that the loss does not reach.
std::vector<at::Tensor> gradients_of(const at::Tensor& loss, const std::vector<at::Tensor>& tensors) {
  auto gradients = torch::autograd::grad({loss}, tensors, {}, {}, false, /*allow_unused=*/true);
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (!gradients[i].defined()) gradients[i] = at::zeros_like(tensors[i]);
  }
  return gradients;
}

class EveryNetwork : public testing::TestWithParam<Law> {};

TEST_P(EveryNetwork, EqualCopiesGiveBitEqualOutputs) {
  const at::Tensor x = at::rand({3, 1, 32, 32});
  auto model = network(GetParam(), 3);
  const auto expected = predict(*model, x);
  for (const auto& subset : subsets(*model)) {
    const auto statistics = subset.size() == 1 ? Statistics::kMixed : Statistics::kStream;
    split_equal(*model, subset, kLawShape, statistics);
    const auto actual = predict(*model, x);
    share_all(*model);
    for (size_t t = 0; t < 3; ++t) {
      ASSERT_TRUE(at::equal(actual[t], expected[t])) << fmt::format("{}", fmt::join(subset, " "));
    }
  }
}

TEST_P(EveryNetwork, EqualCopiesInAnyGroupsGiveBitEqualOutputs) {
  const at::Tensor x = at::rand({3, 1, 32, 32});
  auto model = network(GetParam(), 5);
  const auto expected = predict(*model, x);
  Rng rng(2);
  for (int round = 0; round < 2; ++round) {
    SplitPlan plan{"random", {}};
    for (const auto& name : layer_names(*model)) {
      std::vector<int64_t> label;
      for (int t = 0; t < 5; ++t) label.push_back(static_cast<int64_t>(3 * rng.uniform()));
      if (rng.uniform() < 0.5) plan.layers.emplace_back(name, Partition(label));
    }
    const auto statistics = round == 0 ? Statistics::kMixed : Statistics::kStream;
    convert(*model, plan, CopyInit::kEqual, statistics, {1, 32, 32}, Rng(5));
    const auto actual = predict(*model, x);
    share_all(*model);
    for (size_t t = 0; t < 5; ++t) ASSERT_TRUE(at::equal(actual[t], expected[t])) << round;
  }
}

TEST_P(EveryNetwork, GradientsOfTheCopiesSumToTheSharedGradient) {
  const at::Tensor x = at::rand({4, 1, 32, 32});
  const auto loss = [&](MultiTaskModel& model) {
    const auto y = predict(model, x);  // evaluation mode: the streams' batch statistics would differ by rounding only
    return y[0].square().mean() + y[1].sin().mean() + y[2].cos().mean();
  };
  auto model = network(GetParam(), 3);
  const ParamLayout layout = model->shared_layout();
  const auto expected = gradients_of(loss(*model), model->shared_parameters());
  for (const auto& subset : subsets(*model)) {
    split_equal(*model, subset, kLawShape);
    std::vector<at::Tensor> copies;
    for (const auto& name : subset) {
      for (int64_t g = 0; g < 3; ++g) {
        for (const auto& parameter : model->layer(name)->copy(g)) copies.push_back(parameter);
      }
    }
    const auto actual = gradients_of(loss(*model), copies);
    size_t next = 0;
    for (const auto& name : subset) {
      const size_t count = model->layer(name)->copy(0).size();
      for (size_t p = 0; p < count; ++p) {
        const at::Tensor sum = actual[next + p] + actual[next + count + p] + actual[next + 2 * count + p];
        const std::string parameter = name + "." + model->layer(name)->parameter_names()[p];
        for (size_t i = 0; i < layout.parameters().size(); ++i) {
          if (layout.parameters()[i].name != parameter) continue;
          EXPECT_LT((sum - expected[i]).norm().item<double>(), 1e-4 * expected[i].norm().item<double>() + 1e-6)
              << parameter;
        }
      }
      next += 3 * count;
    }
    share_all(*model);
  }
}

TEST_P(EveryNetwork, AnEmptyPlanIsTheIdentity) {
  auto model = network(GetParam(), 2);
  const auto before = model->num_parameters();
  split_equal(*model, {}, kLawShape);
  EXPECT_EQ(model->num_parameters(), before);
  EXPECT_EQ(model->shared_layout().num_layers(), static_cast<int64_t>(model->layers().size()));
}

TEST_P(EveryNetwork, AllLayersSplitAreSeparateNetworks) {
  if (GetParam().architecture != "hps") GTEST_SKIP() << "the parts of a task are not one backbone there";
  const at::Tensor x = at::rand({4, 1, 32, 32});
  auto model = network(GetParam(), 2);
  convert(*model, plan_of(layer_names(*model), Partition::separate(2)), CopyInit::kFresh, Statistics::kMixed,
          {1, 32, 32}, Rng(5));
  EXPECT_EQ(model->shared_layout().size(), 0);
  model->set_training(GetParam().backbone != "mobilenet_v2");  // dropout draws anew for each stream
  for (int64_t t = 0; t < 2; ++t) {
    auto single = network(GetParam(), 1, t);
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
    single->set_training(GetParam().backbone != "mobilenet_v2");
    const auto alone = single->forward(Streams::shared(x, 1));
    const auto joint = model->forward(Streams::shared(x, 2));
    EXPECT_TRUE(at::equal(alone[0], joint[t]));
  }
}

TEST_P(EveryNetwork, GroupsShareACopy) {
  auto model = network(GetParam(), 3);
  convert(*model, plan_of({layer_names(*model).front()}, Partition({0, 1, 0})), CopyInit::kFresh, Statistics::kMixed,
          {1, 32, 32}, Rng(5));
  const auto y = predict(*model, at::rand({2, 1, 32, 32}));
  EXPECT_EQ(model->shared_layout().layers().front().name, layer_names(*model).front() + "#0");
  EXPECT_EQ(model->task_parameters(0).size() + model->layers().front()->copy(0).size(),
            model->task_parameters(1).size());
}

/// Predictions in training mode, and the gradient of their squares, as one vector each.
std::pair<at::Tensor, at::Tensor> computed(MultiTaskModel& model, const at::Tensor& x, const Arithmetic& arithmetic) {
  model.set_arithmetic(arithmetic);
  model.set_frozen_statistics(true);
  model.begin_step({}, Rng(4));
  std::vector<at::Tensor> flat;
  for (const auto& y : model.forward(Streams::shared(x, model.num_tasks()))) flat.push_back(y.flatten());
  const at::Tensor outputs = at::cat(flat);
  flat.clear();
  for (const auto& g : gradients_of(outputs.square().sum(), model.shared_parameters())) flat.push_back(g.flatten());
  return {outputs.detach(), at::cat(flat)};
}

double distance(const at::Tensor& a, const at::Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

/// Whether `arithmetic` moves outputs and gradients by little more than ten times what noise of that size in the input
/// does. Rounding that turns a maximum or a sign over moves them further now and then, a mistake with every input: one
/// input in four is enough.
testing::AssertionResult is_near(MultiTaskModel& model, const Arithmetic& arithmetic, double noise) {
  testing::AssertionResult result = testing::AssertionFailure();
  model.set_training(true);
  for (int input = 0; input < 4; ++input) {
    const at::Tensor x = at::rand({4, 1, 32, 32});
    const auto [y, gradient] = computed(model, x, {});
    const auto [noisy_y, noisy_gradient] = computed(model, x + noise * at::randn_like(x), {});
    const auto [own_y, own_gradient] = computed(model, x, arithmetic);
    const double bound = noise + 10 * distance(noisy_y, y);
    const double gradient_bound = noise + 10 * distance(noisy_gradient, gradient);
    if (distance(own_y, y) < bound && distance(own_gradient, gradient) < gradient_bound) {
      return testing::AssertionSuccess();
    }
    result << fmt::format("outputs {} of {}, gradient {} of {}; ", distance(own_y, y), bound,
                          distance(own_gradient, gradient), gradient_bound);
  }
  return result;
}

TEST_P(EveryNetwork, ComputesTheSameInEveryLayout) {
  const auto model = network(GetParam(), 3);
  EXPECT_TRUE(is_near(*model, {Layout::kPosition}, 1e-6));
  if (!test::has_bfloat16()) return;
  EXPECT_TRUE(is_near(*model, {Layout::kPosition, Precision::kBfloat16x3}, 1e-4));
}

TEST_P(EveryNetwork, EvaluatesTheSameInEveryLayout) {
  const auto model = network(GetParam(), 3);
  const at::Tensor x = at::rand({4, 1, 32, 32});
  model->set_training(false);
  model->set_arithmetic({Layout::kPosition});
  const auto ours = model->forward(Streams::shared(x, 3));
  model->set_arithmetic({});
  const auto theirs = model->forward(Streams::shared(x, 3));
  for (size_t t = 0; t < 3; ++t) EXPECT_LT(distance(ours[t], theirs[t]), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(All, EveryNetwork, testing::ValuesIn(all_laws()),
                         [](const auto& info) { return testing::PrintToString(info.param); });

}  // namespace
}  // namespace reconcile
