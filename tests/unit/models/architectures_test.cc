// What holds for every architecture, and what each refuses.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <set>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/models/networks.h"

namespace reconcile {
namespace {

class EveryArchitecture : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] NetworkSpec spec() const {
    NetworkSpec spec{.backbone = GetParam() == "mtan" ? "resnet18" : "small_cnn",
                     .architecture = GetParam(),
                     .tasks = {{"label", TaskKind::kClassification, 4}, {"depth", TaskKind::kDepth, 1}},
                     .shape = {1, 24, 24}};
    if (spec.backbone == "small_cnn") spec.backbone_options = {{"features", 0}, {"width", 4}};
    return spec;
  }
};

TEST_P(EveryArchitecture, EvaluationIsDeterministic) {
  const auto model = build_network(spec());
  const Streams x = Streams::shared(at::rand({2, 1, 24, 24}), 2);
  const at::NoGradGuard no_grad;
  model->begin_step({0, 1, 10}, Rng(1));
  model->forward(x);  // running statistics
  model->set_training(false);
  const auto first = model->forward(x);
  model->begin_step({5, 1, 10}, Rng(2));
  const auto second = model->forward(x);
  for (size_t t = 0; t < 2; ++t) EXPECT_TRUE(at::equal(first[t], second[t]));
  EXPECT_EQ(first[0].sizes(), (at::IntArrayRef{2, 4}));
  EXPECT_EQ(first[1].sizes(), (at::IntArrayRef{2, 1, 24, 24}));
}

TEST_P(EveryArchitecture, ReadsOneInputATask) {
  const auto model = build_network(spec());
  model->set_training(false);
  const at::NoGradGuard no_grad;
  const at::Tensor a = at::rand({2, 1, 24, 24});
  const at::Tensor b = at::rand({2, 1, 24, 24});
  const auto separate = model->forward(Streams(Partition::separate(2), {a, b}));
  EXPECT_TRUE(at::allclose(separate[0], model->forward(Streams::shared(a, 2))[0], 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(separate[1], model->forward(Streams::shared(b, 2))[1], 1e-4, 1e-5));
}

TEST(Architectures, MtanTakesItsChannelsFromTheBackbone) {
  const auto model = build_network({.backbone = "segnet",
                                    .backbone_options = {{"width", 3}},
                                    .architecture = "mtan",
                                    .tasks = {{"depth", TaskKind::kDepth, 1}, {"height", TaskKind::kDepth, 1}},
                                    .shape = {1, 32, 32}});
  EXPECT_EQ(model->forward(Streams::shared(at::rand({2, 1, 32, 32}), 2))[1].sizes(), (at::IntArrayRef{2, 1, 32, 32}));
}

TEST_P(EveryArchitecture, NamesEveryTensorOnce) {
  const auto model = build_network(spec());
  std::set<std::string> names;
  for (const auto& [name, tensor] : model->state()) EXPECT_TRUE(names.insert(name).second) << name;
  int64_t size = model->shared_layout().size();
  for (int64_t t = 0; t < 2; ++t) {
    for (const auto& parameter : model->task_parameters(t)) size += parameter.numel();
  }
  EXPECT_EQ(size, model->num_parameters());
}

TEST_P(EveryArchitecture, ConstructionLeavesRunningStatisticsAlone) {
  for (const auto& [name, tensor] : build_network(spec())->state()) {
    if (!name.ends_with("running_mean") && !name.ends_with("running_var")) continue;
    const double initial = name.ends_with("running_var") ? 1.0 : 0.0;
    EXPECT_TRUE(tensor.eq(initial).all().item<bool>()) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryArchitecture, testing::ValuesIn(architecture_names()));

TEST(Architectures, SayWhatTheyNeed) {
  const auto build = [](NetworkSpec spec) { return [spec = std::move(spec)] { build_network(spec); }; };
  const TaskSet tasks = class_tasks(2);
  test::expect_message<InvalidArgument>(build({.backbone = "mlp", .architecture = "mtan", .tasks = tasks}), "mtan",
                                        "segnet");
  test::expect_message<InvalidArgument>(build({.backbone = "mlp", .architecture = "nddr", .tasks = tasks}), "nddr",
                                        "no maps to join");
  test::expect_message<InvalidArgument>(build({.backbone = "segnet", .tasks = tasks}), "36 x 36", "multiples of 32");
  test::expect_message<InvalidArgument>(build({.backbone = "vit", .backbone_options = {{"patch", 5}}, .tasks = tasks}),
                                        "36 x 36", "patch = 5");
  test::expect_message<InvalidArgument>(build({.backbone = "vit", .backbone_options = {{"heads", 3}}, .tasks = tasks}),
                                        "width = 64", "heads = 3");
  const TaskSet dense{{"depth", TaskKind::kDepth, 1}};
  test::expect_message<InvalidArgument>(build({.backbone = "lenet", .tasks = dense}), "depth", "ends in a vector");
  test::expect_message<InvalidArgument>(build({.backbone = "resnet18", .tasks = dense, .dense_head = "deeplab_v3plus"}),
                                        "deeplab_v3plus", "early");
}

TEST(BatchNorm, OneValueAChannelIsAnError) {
  const auto model = build_network({.backbone = "resnet18", .tasks = class_tasks(1), .shape = {1, 16, 16}});
  test::expect_message<StateError>(
      [&] {
        model->forward(Streams::shared(at::rand({1, 1, 16, 16}), 1));
      },
      "more than one value a channel", "larger batches");
}

TEST(Mmoe, GatesMixTheExpertsOfEachSample) {
  const NetworkSpec spec{.backbone = "mlp", .architecture = "mmoe", .tasks = class_tasks(2), .shape = {1, 2, 2}};
  const auto model = build_network(spec);
  const at::Tensor x = at::rand({3, 1, 2, 2});
  const at::NoGradGuard no_grad;
  const Representation mixed = model->represent(Streams::shared(x, 2));
  std::vector<at::Tensor> experts;
  for (const std::string name : {"experts.0.", "experts.1."}) {
    at::Tensor y = x.flatten(1);
    for (const auto* layer : {"fc1", "fc2"}) y = (*model->layer(name + layer))(y).relu();
    experts.push_back(y);
  }
  for (int64_t t = 0; t < 2; ++t) {
    const at::Tensor gate = (*model->own_layers(t).back())(x.flatten(1)).softmax(1);
    const at::Tensor expected =
        gate.select(1, 0).unsqueeze(1) * experts[0] + gate.select(1, 1).unsqueeze(1) * experts[1];
    EXPECT_TRUE(at::allclose(mixed.features[0].of_task(t), expected, 1e-5, 1e-6));
  }
}

TEST(CrossStitch, StartsAtThePapersMixture) {
  const auto model = build_network({.backbone = "mlp", .architecture = "cross_stitch", .tasks = class_tasks(3)});
  EXPECT_TRUE(at::allclose(model->layer("stitch.0.T2")->copy(0)[0], at::tensor({0.05, 0.9, 0.05}, at::kFloat)));
}

TEST(Nddr, StartsAtTheDiagonal) {
  const auto model = build_network(
      {.backbone = "small_cnn", .backbone_options = {{"width", 2}}, .architecture = "nddr", .tasks = class_tasks(2)});
  const at::Tensor weight = model->layer("nddr.0.T2.conv")->copy(0)[0].view({2, 4});
  EXPECT_TRUE(at::allclose(weight, at::tensor({0.05, 0.0, 0.8, 0.0, 0.0, 0.05, 0.0, 0.8}, at::kFloat).view({2, 4})));
}

TEST(Ltb, TrainsWithOneParentAndEvaluatesWithTheLikeliest) {
  const auto model = build_network({.backbone = "mlp", .architecture = "ltb", .tasks = class_tasks(2)});
  const Streams x = Streams::shared(at::rand({2, 1, 36, 36}), 2);
  const at::NoGradGuard no_grad;
  at::Tensor(model->layer("branch.0.T1")->copy(0)[0]).copy_(at::tensor({0.0, 1.0}, at::kFloat));
  at::Tensor(model->layer("branch.0.T2")->copy(0)[0]).copy_(at::tensor({0.0, 1.0}, at::kFloat));
  model->set_training(false);
  const auto read = [&](const std::string& column, const at::Tensor& y) { return (*model->layer(column))(y).relu(); };
  const at::Tensor parent = read("columns.T2.fc1", x.of_task(0).flatten(1));
  const Representation chosen = model->represent(x);
  EXPECT_TRUE(at::allclose(chosen.features[0].of_task(0), read("columns.T1.fc2", parent)));
  model->set_training(true);
  model->begin_step({50, 1, 100}, Rng(3));
  const at::Tensor drawn = model->represent(x).features[0].of_task(0);
  const at::Tensor other = read("columns.T1.fc2", read("columns.T1.fc1", x.of_task(0).flatten(1)));
  EXPECT_TRUE(at::allclose(drawn, read("columns.T1.fc2", parent)) || at::allclose(drawn, other));
}

TEST(DselectK, SelectorsFollowTheCodes) {
  const auto model = build_network({.backbone = "mlp",
                                    .architecture = "dselect_k",
                                    .architecture_options = {{"experts", 3}, {"nonzeros", 1}},
                                    .tasks = class_tasks(1),
                                    .shape = {1, 1, 1}});
  const at::NoGradGuard no_grad;
  const Layer& code = *model->own_layers(0)[1];
  at::Tensor(code.copy(0)[0]).zero_();
  at::Tensor(code.copy(0)[1]).copy_(at::tensor({1.0, -1.0}, at::kFloat));  // bits 1 0: the expert with number 2
  const at::Tensor x = at::rand({2, 1, 1, 1});
  const at::Tensor y = model->represent(Streams::shared(x, 1)).features[0].of_task(0);
  const at::Tensor expected = (*model->layer("experts.2.fc2"))((*model->layer("experts.2.fc1"))(x.flatten(1)).relu());
  EXPECT_TRUE(at::allclose(y, expected.relu()));
  EXPECT_NEAR(model->penalty(Streams::shared(x, 1)).item<double>(), 1.0, 1e-4);  // 1 / sum of s = 1, entropy 0
}

}  // namespace
}  // namespace reconcile
