#include "reconcile/nn/rotation.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/nn/layers.h"

namespace reconcile {
namespace {

TEST(Rotation, IsARotation) {
  for (const uint64_t seed : {1, 2, 3}) {
    Rotation rotation("r", 1, Rng(seed), 6);
    const at::NoGradGuard no_grad;
    at::Tensor(rotation.copy(0)[0]).copy_(normal_values({6, 6}, 1.0, Rng(seed)));
    const at::Tensor R = rotation.matrix();
    EXPECT_LT((at::matmul(R.t(), R) - at::eye(6)).abs().max().item<double>(), 1e-5);
    EXPECT_NEAR(at::linalg_det(R).item<double>(), 1.0, 1e-5);
  }
}

TEST(Rotation, StartsAtARandomBase) {
  Rotation a("r", 1, Rng(1), 4);
  Rotation b("r", 1, Rng(2), 4);
  EXPECT_GT((a.matrix() - b.matrix()).abs().max().item<double>(), 0.1);
}

TEST(Rotation, TurnsTheFirstChannelsOfMapsAndVectors) {
  Rotation rotation("r", 1, Rng(1), 3);
  const at::NoGradGuard no_grad;
  const at::Tensor R = rotation.matrix();
  const at::Tensor map = at::rand({2, 5, 4, 4});
  const at::Tensor turned = rotation(map);
  EXPECT_TRUE(at::equal(turned.narrow(1, 3, 2), map.narrow(1, 3, 2)));
  EXPECT_TRUE(at::allclose(turned.narrow(1, 0, 3), at::einsum("ij,bjhw->bihw", {R, map.narrow(1, 0, 3)}), 1e-5, 1e-6));
  const at::Tensor vector = at::rand({2, 3});
  EXPECT_TRUE(at::allclose(rotation(vector), at::matmul(vector, R.t()), 1e-5, 1e-6));
}

TEST(Rotation, LossesDoNotMoveItAndTheMatrixDoes) {
  Rotation rotation("r", 1, Rng(1), 3);
  const at::Tensor x = at::rand({2, 3}).requires_grad_(true);
  rotation(x).square().sum().backward();
  EXPECT_FALSE(rotation.copy(0)[0].grad().defined());
  EXPECT_TRUE(x.grad().defined());
  rotation.matrix().select(0, 0).sum().backward();
  EXPECT_GT(rotation.copy(0)[0].grad().abs().max().item<double>(), 0);
}

TEST(Rotation, FollowsItsParameter) {
  Rotation rotation("r", 1, Rng(1), 3);
  const at::NoGradGuard no_grad;
  const at::Tensor x = at::rand({2, 3});
  const at::Tensor before = rotation(x);
  at::Tensor(rotation.copy(0)[0]).add_(normal_values({3, 3}, 1.0, Rng(4)));
  EXPECT_FALSE(at::allclose(rotation(x), before));
}

}  // namespace
}  // namespace reconcile
