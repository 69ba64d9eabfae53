#include "reconcile/kernels/batch_norm.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace reconcile {
namespace {

struct NormCase {
  std::vector<int64_t> sizes;
  bool beside;
  Clamp clamp;
};

std::vector<NormCase> norm_cases() {
  std::vector<NormCase> cases;
  for (const auto& sizes : std::vector<std::vector<int64_t>>{{4, 3, 5, 6}, {40, 19, 4, 4}, {5, 5, 1, 1}}) {
    for (const bool beside : {false, true}) {
      for (const Clamp& clamp : {Clamp{}, kRelu, Clamp{0.0, 1.0}}) cases.push_back({sizes, beside, clamp});
    }
  }
  return cases;
}

/// Output, gradients of all inputs, running mean and variance.
template <class F>
std::vector<at::Tensor> norm_results(const NormCase& c, at::ScalarType type, F norm) {
  at::manual_seed(3);
  const auto leaf = [&](const at::Tensor& t) { return t.to(type).requires_grad_(true); };
  const at::Tensor x = leaf(at::randn(c.sizes) * 3 + 50);
  const at::Tensor beside = leaf(at::randn(c.sizes));
  const at::Tensor weight = leaf(at::rand({c.sizes[1]}) + 0.5);
  const at::Tensor bias = leaf(at::randn({c.sizes[1]}));
  const at::Tensor mean = at::zeros({c.sizes[1]}, type);
  const at::Tensor variance = at::ones({c.sizes[1]}, type);
  const at::Tensor y = norm(x, weight, bias, c.beside ? beside : at::Tensor(), mean, variance);
  std::vector<at::Tensor> inputs{x, weight, bias};
  if (c.beside) inputs.push_back(beside);
  std::vector<at::Tensor> results = torch::autograd::grad({y}, inputs, {at::randn(c.sizes).to(type)});
  results.insert(results.end(), {y, mean, variance});
  return results;
}

TEST(FusedBatchNorm, IsNormAndSumAndClamp) {
  for (const auto& c : norm_cases()) {
    SCOPED_TRACE(fmt::format("{} beside {} clamp {} {}", fmt::join(c.sizes, " "), c.beside, c.clamp.low, c.clamp.high));
    const auto exact = norm_results(c, at::kDouble, [&](auto x, auto w, auto b, auto beside, auto mean, auto variance) {
      at::Tensor y = at::batch_norm(x, w, b, mean, variance, true, 0.1, 1e-5, false);
      if (beside.defined()) y = y + beside;
      return y.clamp(c.clamp.low, c.clamp.high);
    });
    const auto ours = norm_results(c, at::kFloat, [&](auto x, auto w, auto b, auto beside, auto mean, auto variance) {
      return batch_norm(x, w, b, beside, c.clamp, {mean, variance, 0.1}, 1e-5);
    });
    ASSERT_EQ(ours.size(), exact.size());
    for (size_t i = 0; i < exact.size(); ++i) {
      EXPECT_LT(((ours[i] - exact[i]).norm() / (exact[i].norm() + 1e-3)).item<double>(), 2e-5) << "result " << i;
    }
  }
}

TEST(FusedBatchNorm, ALargeMeanDoesNotHideTheVariance) {
  const at::Tensor x = at::randn({64, 2, 4, 4}) + 3e4;
  const at::Tensor y = batch_norm(x, at::ones({2}), at::zeros({2}), {}, {}, {}, 1e-5);
  EXPECT_NEAR(y.std().item<double>(), 1.0, 2e-2);
}

TEST(FusedBatchNorm, WithoutRunningStatisticsNothingIsTakenUp) {
  const at::Tensor mean = at::zeros({2});
  const at::Tensor x = at::randn({4, 2, 3, 3});
  batch_norm(x, at::ones({2}), at::zeros({2}), {}, {}, {}, 1e-5);
  batch_norm(x + 1, at::ones({2}), at::zeros({2}), {}, {}, {mean, at::ones({2}), 0.5}, 1e-5);
  EXPECT_TRUE(at::allclose(mean, 0.5 * (x + 1).mean({0, 2, 3}), 1e-4, 1e-5));
}

}  // namespace
}  // namespace reconcile
