#include "reconcile/linalg/fair_point.h"

#include <gtest/gtest.h>

#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// w > 0, and every task gains w^(-1 / alpha), relative to what the terms of its gain add up to.
void expect_fair(const MatrixXd& gramian, double alpha, const FairPoint& point) {
  ASSERT_TRUE(point.weights.allFinite());
  EXPECT_EQ(point.fallback, "");
  EXPECT_GT(point.weights.minCoeff(), 0);
  EXPECT_LE(point.residual, 1e-13);
  const VectorXd gains = gramian * point.weights;
  const VectorXd terms = gramian.cwiseAbs() * point.weights;
  for (Eigen::Index i = 0; i < gains.size(); ++i) {
    EXPECT_NEAR(gains(i), std::pow(point.weights(i), -1 / alpha), 1e-12 * terms(i)) << "row " << i;
  }
}

TEST(FairPoint, SolvesItForAllShapesAndAlphas) {
  uint64_t seed = 0;
  for (const double alpha : {0.1, 0.5, 1.0, 2.0, 10.0}) {
    for (const int T : {1, 2, 3, 5, 11, 20, 40}) {
      for (const int P : {T, T + 3, 1000}) {
        SCOPED_TRACE(testing::Message() << "alpha " << alpha << ", " << T << " x " << P);
        const MatrixXd gramian = gramian_of(random_rows(T, P, ++seed));
        const FairPoint point = fair_point(gramian, alpha, kNoise);
        expect_fair(gramian, alpha, point);
        EXPECT_LE(point.iterations, 60);
      }
    }
  }
}

TEST(FairPoint, SolvesItForRowsOverTwentyFourDecades) {
  for (const double alpha : {0.25, 0.5, 1.0, 2.0}) {
    for (uint64_t seed = 0; seed < 200; ++seed) {
      SCOPED_TRACE(testing::Message() << "alpha " << alpha << ", seed " << seed);
      const MatrixXd gramian = gramian_of(scatter(random_rows(2 + static_cast<int>(seed % 9), 12, seed), seed));
      const FairPoint point = fair_point(gramian, alpha, kNoise);
      expect_fair(gramian, alpha, point);
    }
  }
}

TEST(FairPoint, SaysWhereItIsNotSolved) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const MatrixXd gramian = gramian_of(scatter(random_rows(2 + static_cast<int>(seed % 9), 12, seed), seed));
    const FairPoint point = fair_point(gramian, 10, kNoise);
    EXPECT_EQ(point.fallback, seed == 98 ? "unsolved" : "") << seed;
    EXPECT_LE(point.residual, 1e-13);
    const VectorXd limit = gramian.cwiseAbs() * point.weights * -1e-12;
    EXPECT_TRUE(((gramian * point.weights).array() >= limit.array()).all()) << seed;
  }
}

TEST(FairPoint, HasTheClosedFormOfOrthogonalRows) {
  const Eigen::Vector3d squares(1e-20, 4, 1e18);
  const VectorXd weights = fair_point(squares.asDiagonal(), 2, kNoise).weights;
  EXPECT_TRUE(weights.isApprox(squares.array().pow(-1 / 1.5).matrix(), 1e-14));
}

TEST(FairPoint, DependsOnDirectionsOnlyForAlphaOne) {
  const MatrixXd rows = random_rows(5, 9, 1);
  const MatrixXd scaled = scatter(rows, 3);
  const VectorXd d = rows.transpose() * fair_point(gramian_of(rows), 1, kNoise).weights;
  EXPECT_LE((scaled.transpose() * fair_point(gramian_of(scaled), 1, kNoise).weights - d).norm(), 1e-13);
  EXPECT_NEAR(d.squaredNorm(), 5, 1e-13);
}

TEST(FairPoint, FallsBackToTheDualCone) {
  const MatrixXd rows{{1, 0}, {-1, 0}, {0, 1}, {0, 0}};
  const FairPoint point = fair_point(gramian_of(rows), 1, kNoise);
  EXPECT_EQ(point.fallback, "zero row, stationary");
  EXPECT_TRUE((rows.transpose() * point.weights).isApprox(Eigen::Vector2d(0, 1)));
  EXPECT_EQ(fair_point(gramian_of(rows.topRows(3)), 1, kNoise).fallback, "stationary");
  EXPECT_EQ(fair_point(gramian_of(rows.bottomRows(2)), 1, kNoise).fallback, "zero row");
  EXPECT_TRUE(fair_point(MatrixXd::Zero(2, 2), 1, kNoise).weights.isZero(0));
}

}  // namespace
}  // namespace reconcile
