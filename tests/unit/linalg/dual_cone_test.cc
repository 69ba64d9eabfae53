#include "reconcile/linalg/dual_cone.h"

#include <gtest/gtest.h>

#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The optimality conditions, from the definition: v >= target, Gv >= 0, and no product of the two differences.
void expect_projection(const MatrixXd& gramian, const VectorXd& target, const ConePoint& point) {
  ASSERT_TRUE(point.weights.allFinite());
  EXPECT_LE(point.residual, 1e-13);
  if (!point.fallback.empty()) return;
  const VectorXd norms = gramian.diagonal().cwiseSqrt();
  const double size = point.weights.dot(norms);
  const VectorXd products = gramian * point.weights;
  for (Eigen::Index i = 0; i < gramian.rows(); ++i) {
    EXPECT_GE(point.weights(i), target(i) * (1 - 1e-15));
    EXPECT_GE(products(i), -1e-12 * norms(i) * size) << "row " << i;
    const double added = (point.weights(i) - target(i)) * norms(i);
    EXPECT_LE(added * products(i), 1e-12 * norms(i) * size * size) << "row " << i;
  }
}

TEST(DualCone, FulfilsTheOptimalityConditionsForAllShapes) {
  uint64_t seed = 0;
  for (const int T : {1, 2, 3, 5, 10, 20, 40}) {
    for (const int P : {1, 2, 5, 19, 39, 45, 100, 1000}) {
      SCOPED_TRACE(testing::Message() << T << " x " << P);
      const MatrixXd gramian = gramian_of(random_rows(T, P, ++seed));
      const VectorXd target = VectorXd::Constant(T, 1.0 / T);
      expect_projection(gramian, target, project_to_dual_cone(gramian, target, kNoise));
    }
  }
}

TEST(DualCone, FulfilsThemForRowsOverTwentyFourDecades) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const int T = 2 + static_cast<int>(seed % 9);
    const MatrixXd gramian = gramian_of(scatter(random_rows(T, 3 + static_cast<int>(seed % 12), seed), seed));
    expect_projection(gramian, VectorXd::Ones(T), project_to_dual_cone(gramian, VectorXd::Ones(T), kNoise));
  }
}

TEST(DualCone, GivesOneDirectionForDependentRows) {
  const MatrixXd rows = random_rows(6, 4, 7);
  MatrixXd more(9, 4);
  more << rows, 3 * rows.topRows(2), rows.row(3) + rows.row(4);
  VectorXd target = VectorXd::Zero(9);
  target.head(6).setOnes();
  const VectorXd d = rows.transpose() * project_to_dual_cone(gramian_of(rows), VectorXd::Ones(6), kNoise).weights;
  const ConePoint point = project_to_dual_cone(gramian_of(more), target, kNoise);
  EXPECT_LE((more.transpose() * point.weights - d).norm(), 1e-11);
}

TEST(DualCone, AddsTheProjectionsOfRows) {
  for (const int T : {2, 7, 40}) {
    const MatrixXd rows = random_rows(T, 50, T);
    const MatrixXd gramian = gramian_of(rows);
    VectorXd expected = VectorXd::Zero(50);
    for (int i = 0; i < T; ++i) {
      expected += rows.transpose() * project_to_dual_cone(gramian, VectorXd::Unit(T, i), kNoise).weights;
    }
    const ConePoint point = project_rows_to_dual_cone(gramian, VectorXd::Ones(T), kNoise);
    EXPECT_LE((rows.transpose() * point.weights - expected).norm(), 1e-11 * expected.norm());
    EXPECT_LE(point.residual, 1e-13);
  }
}

TEST(DualCone, IsLinearInTheLengthOfEveryRow) {
  const MatrixXd rows = random_rows(3, 6, 5);
  const VectorXd lengths = Eigen::Vector3d(1e-12, 3, 1e12);
  const MatrixXd scaled = lengths.asDiagonal() * rows;
  const VectorXd d = rows.transpose() * project_rows_to_dual_cone(gramian_of(rows), lengths, kNoise).weights;
  const VectorXd e =
      scaled.transpose() * project_rows_to_dual_cone(gramian_of(scaled), VectorXd::Ones(3), kNoise).weights;
  EXPECT_LE((d - e).norm(), 1e-13 * d.norm());
}

TEST(DualCone, IsStationaryWhereItHoldsNothingButZero) {
  const MatrixXd gramian = gramian_of(MatrixXd{{1, 0.1}, {-2, 0.7}, {0.3, -3}});
  for (const auto project : {project_to_dual_cone, project_rows_to_dual_cone}) {
    const ConePoint point = project(gramian, VectorXd::Ones(3), kNoise);
    EXPECT_EQ(point.fallback, "stationary");
    EXPECT_TRUE(point.weights.isZero(0));
    EXPECT_EQ(project(MatrixXd::Zero(2, 2), VectorXd::Ones(2), kNoise).fallback, "stationary");
  }
}

TEST(DualCone, DoesNotJumpWhereRowsAreDependentUpToRounding) {
  // Of rows that just span a half space, tiny changes turn some into strict constraints.
  MatrixXd rows = random_rows(8, 8, 2);
  rows.row(0) = -rows.middleRows(1, 2).colwise().sum();
  const double noise = 1e-6;
  const VectorXd d = rows.transpose() * project_to_dual_cone(gramian_of(rows), VectorXd::Ones(8), noise).weights;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const MatrixXd near = rows + 1e-8 * random_rows(8, 8, seed);
    const ConePoint point = project_to_dual_cone(gramian_of(near), VectorXd::Ones(8), noise);
    EXPECT_LE((near.transpose() * point.weights - d).norm(), 1e-3 * d.norm()) << seed;
  }
}

}  // namespace
}  // namespace reconcile
