#include "reconcile/kernels/convolution.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/kernels/layout.h"
#include "unit/kernels/bfloat16.h"

namespace reconcile {
namespace {

struct ConvolutionCase {
  int64_t samples, in, out, height, width;
  Window window;
};

/// Odd sizes, strides, dilations; few and many channels; more taps than inputs; one position.
std::vector<ConvolutionCase> convolution_cases() {
  return {{3, 2, 5, 7, 6, {3, 1, 1, 1}},   {3, 20, 5, 7, 6, {3, 2, 1, 1}},  {4, 17, 8, 5, 5, {1, 2, 0, 1}},
          {4, 17, 8, 5, 5, {1, 1, 0, 1}},  {2, 16, 3, 9, 8, {3, 1, 2, 2}},  {2, 3, 4, 12, 12, {7, 2, 3, 1}},
          {2, 18, 4, 2, 2, {3, 1, 1, 1}},  {2, 16, 4, 6, 6, {5, 3, 0, 1}},  {4, 16, 9, 1, 1, {3, 1, 1, 1}},
          {2, 16, 4, 5, 5, {1, 3, 0, 1}},  {2, 1, 4, 9, 9, {9, 1, 0, 1}},   {5, 16, 6, 7, 7, {3, 2, 6, 6}},
          {70, 24, 6, 3, 4, {3, 1, 1, 1}}, {2, 4, 3, 40, 30, {3, 1, 1, 1}}, {6, 33, 40, 1, 1, {1, 1, 0, 1}}};
}

struct Derivatives {
  at::Tensor y, dx, dw, db;
};

template <class F>
Derivatives derivatives(const ConvolutionCase& c, F convolve) {
  at::manual_seed(5);
  const at::Tensor x = at::randn({c.samples, c.in, c.height, c.width}).requires_grad_(true);
  const at::Tensor weight = at::randn({c.out, c.in, c.window.kernel, c.window.kernel}).requires_grad_(true);
  const at::Tensor bias = at::randn({c.out}).requires_grad_(true);
  const at::Tensor y = convolve(x, weight, bias);
  const auto gradients = torch::autograd::grad({y}, {x, weight, bias}, {at::randn(y.sizes())});
  return {y, gradients[0], gradients[1], gradients[2]};
}

/// Distance over length; float64 says what is exact.
double relative(const at::Tensor& given, const at::Tensor& exact) {
  return ((given.to(at::kDouble) - exact).norm() / (exact.norm() + 1e-30)).item<double>();
}

Derivatives exact_derivatives(const ConvolutionCase& c) {
  return derivatives(c, [&](const at::Tensor& x, const at::Tensor& w, const at::Tensor& b) {
    return at::conv2d(x.to(at::kDouble), w.to(at::kDouble), b.to(at::kDouble), c.window.stride, c.window.padding,
                      c.window.dilation);
  });
}

void expect_within(Precision precision, double bound) {
  if (precision != Precision::kFloat32 && !test::has_bfloat16()) GTEST_SKIP() << test::kNoBfloat16;
  for (const auto& c : convolution_cases()) {
    SCOPED_TRACE(fmt::format("{} -> {} channels, {} x {}, kernel {}, stride {}", c.in, c.out, c.height, c.width,
                             c.window.kernel, c.window.stride));
    const Derivatives exact = exact_derivatives(c);
    const Derivatives ours = derivatives(c, [&](const at::Tensor& x, const at::Tensor& w, const at::Tensor& b) {
      return convolution(x, w, b, c.window, precision);
    });
    EXPECT_LT(relative(ours.y, exact.y), bound);
    EXPECT_LT(relative(ours.dx, exact.dx.to(at::kDouble)), bound);
    EXPECT_LT(relative(ours.dw, exact.dw.to(at::kDouble)), bound);
    EXPECT_LT(relative(ours.db, exact.db.to(at::kDouble)), 1e-6);
    EXPECT_TRUE(is_position_major(ours.y));
  }
}

TEST(Convolution, IsExactToFloat32) { expect_within(Precision::kFloat32, 1e-6); }
TEST(Convolution, ThreeProductsGiveSixteenBits) { expect_within(Precision::kBfloat16x3, 2e-5); }
TEST(Convolution, OneProductGivesEightBits) { expect_within(Precision::kBfloat16, 8e-3); }

TEST(Convolution, PrecisionsDiffer) {  // or the two tests above say nothing
  if (!test::has_bfloat16()) GTEST_SKIP() << test::kNoBfloat16;
  const at::Tensor x = at::randn({2, 16, 5, 5});
  const at::Tensor weight = at::randn({16, 16, 3, 3});
  const Window window{3, 1, 1, 1};
  const at::Tensor one = convolution(x, weight, {}, window, Precision::kBfloat16);
  const at::Tensor three = convolution(x, weight, {}, window, Precision::kBfloat16x3);
  const at::Tensor exact = at::conv2d(x.to(at::kDouble), weight.to(at::kDouble), {}, 1, 1);
  EXPECT_GT(relative(one, exact), 20 * relative(three, exact));
}

TEST(Convolution, BitsDoNotDependOnTheInputsLayout) {
  const at::Tensor x = at::randn({3, 16, 5, 4});
  const at::Tensor weight = at::randn({16, 16, 3, 3});
  const auto of = [&](const at::Tensor& given) {
    return convolution(given, weight, {}, {3, 1, 1, 1}, Precision::kFloat32);
  };
  EXPECT_TRUE(at::equal(of(x), of(to_position_major(x))));
}

TEST(Convolution, LeavesOutGradientsThatNobodyWants) {
  const at::Tensor x = at::randn({3, 16, 5, 4});
  const at::Tensor weight = at::randn({8, 16, 3, 3}).requires_grad_(true);
  const at::Tensor y = convolution(x, weight, {}, {3, 1, 1, 1}, Precision::kFloat32);
  const auto gradients = torch::autograd::grad({y.sum()}, {weight}, {});
  EXPECT_TRUE(gradients[0].defined());
}

TEST(Convolution, LinearLayersUseTheSameProducts) {
  if (!test::has_bfloat16()) GTEST_SKIP() << test::kNoBfloat16;
  const at::Tensor x = at::randn({4, 6, 33});
  const at::Tensor weight = at::randn({10, 33});
  const at::Tensor bias = at::randn({10});
  const at::Tensor exact = at::linear(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble));
  EXPECT_LT(relative(linear(x, weight, bias, Precision::kBfloat16x3), exact), 2e-5);
  EXPECT_LT(relative(linear(x, weight, bias, Precision::kBfloat16), exact), 8e-3);
  EXPECT_EQ(linear(x, weight, bias, Precision::kBfloat16).sizes(), exact.sizes());
}

TEST(Layout, PoolingAChannelwiseViewIsPooling) {
  const at::Tensor x = at::randn({3, 5, 7, 6});
  const auto pool = [](const at::Tensor& map) { return at::max_pool2d(map, 3, 2, 1); };
  EXPECT_TRUE(at::equal(channelwise(to_position_major(x), pool), pool(x)));
  EXPECT_TRUE(at::equal(to_position_major(x), x));
  EXPECT_TRUE(is_position_major(channelwise(to_position_major(x), pool)));
  EXPECT_FALSE(is_position_major(x));
}

}  // namespace
}  // namespace reconcile
