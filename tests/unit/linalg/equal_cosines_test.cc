#include "reconcile/linalg/equal_cosines.h"

#include <gtest/gtest.h>

#include "reconcile/linalg/unit_rows.h"
#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST(EqualCosines, HoldForAllShapesAndLengths) {
  for (const int T : {1, 2, 3, 11, 40}) {
    for (const int P : {T + 1, 60, 1000}) {
      const MatrixXd gramian = gramian_of(scatter(random_rows(T, P, static_cast<uint64_t>(T + P)), 1));
      const VectorXd target = random_rows(T, 1, 5).cwiseAbs();
      const EqualCosines answer = equal_cosines(gramian, target, kNoise);
      EXPECT_TRUE(answer.exists);
      EXPECT_EQ(answer.fallback, "");
      EXPECT_LE(answer.residual, 1e-13);
      EXPECT_LE((unit_rows(gramian).cosines * answer.coefficients - target).norm(), 1e-9) << T << " x " << P;
    }
  }
}

TEST(EqualCosines, ShareTheirCoefficientsAmongDuplicates) {
  const MatrixXd rows = random_rows(3, 6, 1);
  MatrixXd more(5, 6);
  more << rows, 7 * rows.row(0), MatrixXd::Zero(1, 6);
  const VectorXd y = equal_cosines(gramian_of(rows), VectorXd::Ones(3), kNoise).coefficients;
  const EqualCosines answer = equal_cosines(gramian_of(more), VectorXd::Ones(5), kNoise);
  EXPECT_EQ(answer.fallback, "zero row");
  const VectorXd expected{{y(0) / 2, y(1), y(2), y(0) / 2, 0.0}};
  EXPECT_TRUE(answer.coefficients.isApprox(expected, 1e-12));
}

TEST(EqualCosines, DoNotExistForOpposedRows) {
  const EqualCosines answer = equal_cosines(gramian_of(MatrixXd{{1, 2}, {-3, -6}}), VectorXd::Ones(2), kNoise);
  EXPECT_FALSE(answer.exists);
  EXPECT_EQ(answer.fallback, "dependent rows");
  EXPECT_FALSE(equal_cosines(MatrixXd::Zero(2, 2), VectorXd::Ones(2), kNoise).exists);
}

}  // namespace
}  // namespace reconcile
