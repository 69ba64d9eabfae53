// RotoGrad: rotations learn to align the tasks' gradients of the representation, and nothing else moves them.

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

std::unique_ptr<MultiTaskModel> rotated_model(int64_t rotation) {
  NetworkSpec spec{.backbone = "small_cnn",
                   .backbone_options = {{"width", 4}, {"features", 8}},
                   .tasks = two_tasks(),
                   .shape = kTinyShape};
  spec.rotation = rotation;
  return build_network(spec);
}

Batch sixteen() {
  std::vector<int64_t> samples(16);
  for (int64_t i = 0; i < 16; ++i) samples[static_cast<size_t>(i)] = i;
  return quadrants(32, 1)->batch(samples);
}

/// Mean cosine of the tasks' gradients of the representation as the backbone sees them.
double alignment(MultiTaskModel& model, const Batch& batch) {
  const Representation representation = model.represent(batch.inputs);
  std::vector<at::Tensor> gradients;
  for (int64_t t = 0; t < 2; ++t) {
    const at::Tensor leaf = representation.features[0].of_task(t).detach().requires_grad_(true);
    const Representation leaves{{Streams::shared(leaf, 2)}, representation.size};
    at::cross_entropy_loss(model.predict(leaves)[static_cast<size_t>(t)], batch.targets[static_cast<size_t>(t)])
        .backward();
    gradients.push_back(leaf.grad().flatten());
  }
  return at::cosine_similarity(gradients[0], gradients[1], 0).item<double>();
}

TEST(Rotograd, RotationsAlignTheGradients) {
  const auto model = rotated_model(8);
  const Batch batch = sixteen();
  const double before = alignment(*model, batch);
  const TinyMethod method("rotograd_scale");
  OptimizerOptions adam;
  adam.name = "adam";
  Step step(*model, method.for_step(), {.gradient = "representation", .rotation_rate = 500}, adam, nullptr);
  Rng rng(1);
  for (int64_t i = 0; i < 60; ++i) step({&batch, 1}, {i, 60, 1}, 1e-4, rng);
  EXPECT_GT(alignment(*model, batch), before + 0.2);
}

TEST(Rotograd, MisalignmentIsZeroForEqualTasksAndMovesOnlyRotations) {
  const auto model = rotated_model(8);
  const Batch batch = sixteen();
  const Representation representation = model->represent(batch.inputs);
  const at::Tensor row = at::rand({1, representation.features[0].of_task(0).numel()});
  EXPECT_NEAR(model->misalignment(row.expand({2, -1}), representation).item<double>(), 0, 1e-6);
  const at::Tensor rows = at::stack({row[0], -row[0] + 1.0});
  const auto gradients = torch::autograd::grad({model->misalignment(rows, representation)}, model->task_parameters(0),
                                               {}, {}, false, true);
  int64_t moved = 0;
  for (size_t i = 0; i < gradients.size(); ++i) {
    moved += gradients[i].defined();
    EXPECT_EQ(gradients[i].defined(), model->is_rotation(model->task_parameters(0)[i]));
  }
  EXPECT_EQ(moved, 1);
  EXPECT_FALSE(rotated_model(0)->misalignment(rows, representation).defined());
}

TEST(Rotograd, RotateOnlyKeepsTheNormsOfTheGradients) {
  const Batch batch = sixteen();
  const auto plain = rotated_model(0);
  const at::Tensor z = plain->represent(batch.inputs).features[0].of_task(0).detach();
  Rotation rotation("r", 1, Rng(5), 8);
  const at::Tensor g = at::rand_like(z);
  EXPECT_NEAR(rotation(g).norm().item<double>(), g.norm().item<double>(), 1e-4);
}

TEST(Rotograd, MoreChannelsThanThereAreIsAnError) {
  test::expect_message<InvalidArgument>([] { rotated_model(9); }, "heads.rotation = 9", "8 channels");
}

}  // namespace
}  // namespace reconcile
