#include "reconcile/linalg/min_norm.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The optimality conditions, from the definition: w on the simplex and (Gw)_i >= w'Gw.
void expect_optimal(const MatrixXd& gramian, const MinNormPoint& point, double tolerance) {
  ASSERT_TRUE(point.weights.allFinite());
  EXPECT_GE(point.weights.minCoeff(), 0);
  EXPECT_NEAR(point.weights.sum(), 1, 1e-14 * static_cast<double>(gramian.rows()));
  EXPECT_LE(point.residual, tolerance);
  const VectorXd products = gramian * point.weights;
  const VectorXd norms = gramian.diagonal().cwiseSqrt();
  const double mean_norm = point.weights.dot(norms);
  for (Eigen::Index i = 0; i < gramian.rows(); ++i) {
    EXPECT_GE(products(i), point.weights.dot(products) - tolerance * mean_norm * (norms(i) + mean_norm)) << "row " << i;
  }
}

TEST(MinNorm, FulfilsTheOptimalityConditionsForAllShapes) {
  uint64_t seed = 0;
  for (const int T : {1, 2, 3, 5, 10, 20, 40, 80}) {
    for (const int P : {1, 2, 5, 19, 39, 45, 100, 1000}) {
      SCOPED_TRACE(testing::Message() << T << " x " << P);
      const MatrixXd gramian = gramian_of(random_rows(T, P, ++seed));
      const MinNormPoint point = min_norm(gramian, kNoise);
      expect_optimal(gramian, point, 1e-13);
      EXPECT_LE(point.iterations, 4 * T + 5);
    }
  }
}

TEST(MinNorm, FulfilsThemForRowsOverTwentyFourDecades) {
  for (const int T : {2, 3, 7, 40}) {
    const MatrixXd gramian = gramian_of(spread(random_rows(T, 60, T), 24));
    expect_optimal(gramian, min_norm(gramian, kNoise), 1e-13);
  }
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const MatrixXd gramian = gramian_of(scatter(random_rows(2 + static_cast<int>(seed % 9), 12, seed), seed));
    expect_optimal(gramian, min_norm(gramian, kNoise), 1e-13);
  }
}

TEST(MinNorm, AgreesWithTheClosedFormOfTwoTasks) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const MatrixXd gramian = gramian_of(spread(random_rows(2, 3, seed), static_cast<double>(seed % 5)));
    const double first = (gramian(1, 1) - gramian(0, 1)) / (gramian(0, 0) + gramian(1, 1) - 2 * gramian(0, 1));
    EXPECT_NEAR(min_norm(gramian, kNoise).weights(0), std::clamp(first, 0.0, 1.0), 1e-13) << seed;
  }
}

TEST(MinNorm, DoesNotDependOnTheScale) {
  const MatrixXd rows = random_rows(8, 30, 3);
  const VectorXd expected = min_norm(gramian_of(rows), kNoise).weights;
  for (const double scale : {1e-24, 1e-12, 1e-3, 1e12, 1e24}) {
    EXPECT_LE((min_norm(gramian_of(scale * rows), kNoise).weights - expected).norm(), 1e-12) << scale;
  }
}

TEST(MinNorm, IsStationaryWhereZeroIsInTheHull) {
  for (const int P : {1, 3, 10}) {
    MatrixXd rows = random_rows(12, P, P);
    rows.row(0) = -rows.bottomRows(11).colwise().sum();
    const MinNormPoint point = min_norm(gramian_of(rows), kNoise);
    EXPECT_EQ(point.fallback, "stationary");
    EXPECT_LE((rows.transpose() * point.weights).norm(), 1e-7);
    EXPECT_LE(point.residual, 1e-13);
  }
}

TEST(MinNorm, SpreadsTheWeightOverZeroRows) {
  MatrixXd rows = random_rows(4, 6, 1);
  rows.row(1).setZero();
  rows.row(2).setZero();
  const MinNormPoint point = min_norm(gramian_of(rows), kNoise);
  EXPECT_EQ(point.fallback, "zero row");
  EXPECT_TRUE(point.weights.isApprox(Eigen::Vector4d(0, 0.5, 0.5, 0)));
  EXPECT_TRUE(min_norm(MatrixXd::Zero(3, 3), kNoise).weights.isApprox(VectorXd::Constant(3, 1.0 / 3)));
}

TEST(MinNorm, IgnoresDuplicates) {
  const MatrixXd rows = random_rows(5, 8, 9);
  const MatrixXd twice = rows.replicate(2, 1);
  const VectorXd once = rows.transpose() * min_norm(gramian_of(rows), kNoise).weights;
  const MinNormPoint point = min_norm(gramian_of(twice), kNoise);
  EXPECT_LE((twice.transpose() * point.weights - once).norm(), 1e-13);
  EXPECT_LE(point.residual, 1e-13);
}

}  // namespace
}  // namespace reconcile
