#include "reconcile/linalg/condition.h"

#include <gtest/gtest.h>

#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

Eigen::MatrixXd gramian_of_pair(double cosine, double length_a, double length_b) {
  Eigen::MatrixXd gramian(2, 2);
  gramian << length_a * length_a, cosine * length_a * length_b, cosine * length_a * length_b, length_b * length_b;
  return gramian;
}

TEST(InverseCondition, OfTwoRowsFollowsFromTheirCosineAlone) {
  for (const double cosine : {0.0, 0.3, -0.3, 0.99, -0.999}) {
    const double expected = (1 - std::abs(cosine)) / (1 + std::abs(cosine));
    EXPECT_NEAR(inverse_condition(gramian_of_pair(cosine, 1, 1), 1e-12), expected, 1e-14);
    EXPECT_NEAR(inverse_condition(gramian_of_pair(cosine, 1e-9, 1e6), 1e-12), expected, 1e-14);
  }
}

TEST(InverseCondition, OfEquallyInclinedRowsIsTheClosedForm) {
  Eigen::MatrixXd gramian = Eigen::MatrixXd::Constant(70, 70, 0.5);  // more rows than stand on the stack
  gramian.diagonal().setOnes();
  EXPECT_NEAR(inverse_condition(gramian, 1e-12), 0.5 / (1 + 69 * 0.5), 1e-12);
}

TEST(InverseCondition, IsZeroForDependentRowsAndForAZeroRow) {
  EXPECT_EQ(inverse_condition(gramian_of_pair(-1, 2, 3), gramian_noise(2)), 0.0);
  EXPECT_EQ(inverse_condition(gramian_of_pair(1 - 1e-7, 2, 3), gramian_noise(2, 1.2e-7)), 0.0);
  EXPECT_GT(inverse_condition(gramian_of_pair(1 - 1e-7, 2, 3), gramian_noise(2)), 0.0);
  EXPECT_EQ(inverse_condition(gramian_of_pair(0, 2, 0), gramian_noise(2)), 0.0);
}

}  // namespace
}  // namespace reconcile
