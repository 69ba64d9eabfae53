#include "reconcile/linalg/cagrad_dual.h"

#include <gtest/gtest.h>

#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

double objective(const MatrixXd& gramian, double c, const VectorXd& w) {
  const VectorXd products = gramian.rowwise().mean();
  return products.dot(w) + c * std::sqrt(products.mean() * w.dot(gramian * w));
}

/// A certificate from the definition: d lies in the ball, and its worst gain reaches the upper bound f(w).
void expect_optimal(const MatrixXd& rows, double c, double tolerance) {
  const MatrixXd gramian = gramian_of(rows);
  const CagradDual dual = cagrad_dual(gramian, c, kNoise);
  const VectorXd mean = rows.colwise().mean();
  const VectorXd d = rows.transpose() * dual.direction;
  const VectorXd norms = rows.rowwise().norm();
  const double size = (1 + c) * mean.norm();
  ASSERT_TRUE(d.allFinite());
  EXPECT_LE(dual.residual, tolerance) << dual.fallback;
  EXPECT_GE(dual.weights.minCoeff(), 0);
  EXPECT_NEAR(dual.weights.sum(), 1, 1e-13);
  EXPECT_LE((d - mean).norm(), c * mean.norm() * (1 + 1e-9));
  if (dual.fallback.empty()) {
    EXPECT_GE((d - mean).norm(), c * mean.norm() * (1 - 1e-9));
    EXPECT_NEAR(dual.objective, objective(gramian, c, dual.weights), tolerance * size * dual.weights.dot(norms));
  }
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    EXPECT_GE(rows.row(i).dot(d), dual.objective - tolerance * size * (norms(i) + dual.weights.dot(norms)))
        << "row " << i;
  }
}

TEST(CagradDual, FulfilsTheOptimalityConditionsForAllShapes) {
  uint64_t seed = 0;
  for (const int T : {1, 2, 3, 5, 10, 20, 40}) {
    for (const int P : {1, 2, 5, 19, 39, 45, 100, 1000}) {
      for (const double c : {0.01, 0.4, 0.9, 1.0, 2.0, 100.0}) {
        SCOPED_TRACE(testing::Message() << T << " x " << P << ", c = " << c);
        expect_optimal(random_rows(T, P, ++seed), c, 1e-12);
      }
    }
  }
}

TEST(CagradDual, FulfilsThemForRowsOverTwentyFourDecades) {
  for (const int T : {2, 3, 7, 40}) {
    for (const double c : {0.1, 0.4, 1.0}) {
      SCOPED_TRACE(testing::Message() << T << ", c = " << c);
      expect_optimal(spread(random_rows(T, 50, T), 24), c, 1e-12);
    }
  }
  for (uint64_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    const double c = 0.03 * static_cast<double>(1 + seed % 70);
    expect_optimal(scatter(random_rows(2 + static_cast<int>(seed % 9), 15, seed), seed), c, 1e-12);
  }
}

/// The minimiser over w = (x, 1 - x): where the derivative of the convex objective changes its sign, by bisection.
double two_task_weight(const MatrixXd& gramian, double c) {
  const VectorXd a = gramian.rowwise().mean();
  const double k = c * std::sqrt(a.mean());
  const auto slope = [&](double x) {
    const Eigen::Vector2d w(x, 1 - x);
    const Eigen::Vector2d products = gramian * w;
    return a(0) - a(1) + k * (products(0) - products(1)) / std::sqrt(w.dot(products));
  };
  double low = 0;
  double high = 1;
  for (int i = 0; i < 200; ++i) (slope((low + high) / 2) < 0 ? low : high) = (low + high) / 2;
  return (low + high) / 2;
}

TEST(CagradDual, AgreesWithTheOneDimensionalSearchOfTwoTasks) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const MatrixXd gramian = gramian_of(spread(random_rows(2, 3, seed), static_cast<double>(seed % 3)));
    const double c = 0.1 * static_cast<double>(1 + seed % 12);
    EXPECT_NEAR(cagrad_dual(gramian, c, kNoise).weights(0), two_task_weight(gramian, c), 1e-11) << seed;
  }
}

TEST(CagradDual, DoesNotDependOnTheScale) {
  const MatrixXd rows = random_rows(6, 20, 5);
  const CagradDual expected = cagrad_dual(gramian_of(rows), 0.4, kNoise);
  for (const double scale : {1e-24, 1e-12, 1e-3, 1e12, 1e24}) {
    const CagradDual dual = cagrad_dual(gramian_of(scale * rows), 0.4, kNoise);
    EXPECT_LE((dual.direction - expected.direction).norm(), 1e-12 * expected.direction.norm()) << scale;
    EXPECT_NEAR(dual.objective / scale / scale, expected.objective, 1e-12 * std::abs(expected.objective)) << scale;
  }
}

TEST(CagradDual, IsTheMeanForARadiusOfZero) {
  const MatrixXd gramian = gramian_of(random_rows(3, 5, 2));
  const CagradDual dual = cagrad_dual(gramian, 0, kNoise);
  EXPECT_TRUE(dual.direction.isApprox(VectorXd::Constant(3, 1.0 / 3)));
  EXPECT_EQ(dual.objective, gramian.rowwise().mean().minCoeff());
}

TEST(CagradDual, IsZeroForAZeroMean) {
  MatrixXd rows = random_rows(3, 5, 2);
  rows.row(2) = -rows.row(0) - rows.row(1);
  EXPECT_EQ(cagrad_dual(gramian_of(rows), 0.4, kNoise).fallback, "zero mean");
  EXPECT_EQ(cagrad_dual(gramian_of(rows), 0.4, kNoise).direction, VectorXd::Zero(3));
  EXPECT_EQ(cagrad_dual(MatrixXd::Zero(2, 2), 0.4, kNoise).fallback, "zero mean");
}

TEST(CagradDual, LeavesZeroRowsOut) {
  MatrixXd rows = random_rows(4, 9, 8);
  rows.row(1).setZero();
  const CagradDual dual = cagrad_dual(gramian_of(rows), 0.4, kNoise);
  EXPECT_EQ(dual.fallback, "zero row");
  EXPECT_EQ(dual.weights(1), 0);
  EXPECT_NEAR((rows.transpose() * dual.direction - rows.colwise().mean().transpose()).norm(),
              0.4 * rows.colwise().mean().norm(), 1e-12);
}

TEST(CagradDual, StaysNearestToTheMeanWhereZeroIsInTheHull) {
  // Rows e, -e and e2: the mean is e2 / 3, no direction raises both e and -e, and the mean lowers none.
  const MatrixXd rows{{1, 0}, {-1, 0}, {0, 1}};
  const CagradDual dual = cagrad_dual(gramian_of(rows), 0.5, kNoise);
  EXPECT_EQ(dual.fallback, "stationary");
  EXPECT_LE((rows.transpose() * dual.direction - Eigen::Vector2d(0, 1.0 / 3)).norm(), 1e-14);
  // Rows e, -2e and e2: the mean (-1, 1) / 3 lowers e; the nearest direction that does not is e2 / 3.
  const MatrixXd skewed{{1, 0}, {-2, 0}, {0, 1}};
  const CagradDual corrected = cagrad_dual(gramian_of(skewed), 0.9, kNoise);
  EXPECT_EQ(corrected.fallback, "stationary");
  EXPECT_LE((skewed.transpose() * corrected.direction - Eigen::Vector2d(0, 1.0 / 3)).norm(), 1e-14);
  // With a small ball the worst task stays below zero, and the answer is on the border of the ball.
  expect_optimal(skewed, 0.3, 1e-13);
}

}  // namespace
}  // namespace reconcile
