#include "reconcile/kernels/precision.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

TEST(Precision, CastsAsLibTorchDoes) {
  const at::Tensor x =
      at::cat({at::randn({1000}), at::tensor({0.0, -0.0, INFINITY, -INFINITY, 3.3e38, 1e-40}).to(at::kFloat)});
  EXPECT_TRUE(at::equal(factor_of(x, Precision::kBfloat16).high, x.to(at::kBFloat16)));
  EXPECT_TRUE(factor_of(at::full({1}, NAN), Precision::kBfloat16).high.isnan().item<bool>());
}

TEST(Precision, TwoPartsHoldSixteenBits) {
  const at::Tensor x = at::randn({1000});
  const Factor parts = factor_of(x, Precision::kBfloat16x3);
  const at::Tensor sum = parts.high.to(at::kFloat) + parts.low.to(at::kFloat);
  EXPECT_LT(((sum - x) / x).abs().max().item<double>(), 1.0 / (1 << 16));
}

TEST(Precision, Float32IsTheTensorItself) {
  const at::Tensor x = at::randn({3});
  EXPECT_TRUE(factor_of(x, Precision::kFloat32).high.is_same(x));
}

TEST(Precision, UnknownNamesAreRefused) {
  test::expect_message<InvalidArgument>([] { parse_precision("float16"); },
                                        "precision \"float16\" is not known. Use float32, bfloat16x3 or bfloat16.");
}

}  // namespace
}  // namespace reconcile
