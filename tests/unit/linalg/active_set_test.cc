#include "reconcile/linalg/active_set.h"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

TEST(ActiveSet, FindsTheSupport) {
  EXPECT_EQ(bounded::support_of<Eigen::Dynamic>(Eigen::Vector4d(0, 1e-300, -1, 2)), (std::vector<int>{1, 3}));
}

TEST(ActiveSet, StepsToTheFirstBorderOnly) {
  Eigen::VectorXd v = Eigen::Vector3d(1, 1, 1);
  bounded::step_to_border<Eigen::Dynamic>({0, 1, 2}, Eigen::Vector3d(-1, -3, 5), v);
  EXPECT_TRUE(v.isApprox(Eigen::Vector3d(0.5, 0, 2)));
  EXPECT_EQ(v(1), 0);
}

}  // namespace
}  // namespace reconcile
