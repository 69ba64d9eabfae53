#include "reconcile/linalg/unit_rows.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <limits>

#include "reconcile/linalg/gramian.h"
#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

TEST(UnitRows, TakesLengthsAndCosinesApart) {
  const UnitRows rows = unit_rows(Eigen::Matrix2d{{4e-24, 3.0}, {3.0, 9e24}});
  EXPECT_DOUBLE_EQ(rows.norms(0), 2e-12);
  EXPECT_DOUBLE_EQ(rows.norms(1), 3e12);
  EXPECT_DOUBLE_EQ(rows.cosines(0, 1), 0.5);
  EXPECT_EQ(rows.cosines(1, 1), 1);
}

TEST(WithoutNoise, KeepsTheBitsOfARegularGramian) {
  const Eigen::MatrixXd gramian = gramian_of(random_rows(5, 9, 1));
  EXPECT_EQ(without_noise(gramian, 1e-7), gramian);
}

TEST(WithoutNoise, MakesDependentRowsDependentAgain) {
  const Eigen::MatrixXf rows = random_rows(6, 2, 1).cast<float>();
  const Eigen::MatrixXd gramian = (rows * rows.transpose()).cast<double>();  // products in float
  const Eigen::MatrixXd clean = without_noise(gramian, gramian_noise(6, std::numeric_limits<float>::epsilon()));
  EXPECT_LE((clean - gramian).norm(), 1e-6 * gramian.norm());
  EXPECT_LE(Eigen::FullPivLU<Eigen::MatrixXd>(clean).setThreshold(1e-13).rank(), 2);
}

TEST(WithoutNoise, LeavesZeroRowsAlone) {
  Eigen::Matrix3d gramian = Eigen::Matrix3d::Zero();
  gramian(0, 0) = gramian(2, 2) = 4;
  gramian(0, 2) = gramian(2, 0) = -4;
  EXPECT_TRUE(without_noise(gramian, 1e-7).isApprox(gramian));
  EXPECT_TRUE(without_noise(Eigen::Matrix2d::Zero(), 1e-7).isZero(0));
}

TEST(ToMatrix, CopiesATensorOfAnyStride) {
  const at::Tensor tensor = at::arange(6, at::kDouble).view({2, 3});
  EXPECT_EQ(to_matrix(tensor.t()), (Eigen::MatrixXd{{0, 3}, {1, 4}, {2, 5}}));
}

}  // namespace
}  // namespace reconcile
