#include "reconcile/scalarizers/preference.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

TEST(Preference, IsNormalised) {
  const Preference preference = make_preference({3, 4}, 2, 1.0, "preference");
  EXPECT_DOUBLE_EQ(preference.unit[0], 0.6);
  EXPECT_DOUBLE_EQ(preference.unit[1], 0.8);
  EXPECT_EQ(preference.sum, 7);
  EXPECT_DOUBLE_EQ(preference.length, 5);
  EXPECT_THROW(make_preference({3, 4}, 3, 1.0, "preference"), InvalidArgument);
}

TEST(Decompose, SplitsAVectorAndTakesRoundingForZero) {
  const Eigen::VectorXd unit = make_preference({}, 3, 1.0, "").unit;
  const auto [along, rest] = decompose(Eigen::Vector3d(1, 2, 3), unit);
  EXPECT_DOUBLE_EQ(along, 6 / std::sqrt(3.0));
  EXPECT_TRUE(rest.isApprox(Eigen::Vector3d(-1, 0, 1)));
  for (const double size : {1e-200, 0.1, 1e200}) {
    EXPECT_EQ(decompose(Eigen::VectorXd::Constant(3, size), unit).rest, Eigen::VectorXd::Zero(3)) << size;
  }
}

}  // namespace
}  // namespace reconcile
