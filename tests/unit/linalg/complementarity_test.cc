#include "reconcile/linalg/complementarity.h"

#include <gtest/gtest.h>

#include "reconcile/linalg/unit_rows.h"
#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

void expect_solution(const MatrixXd& matrix, const VectorXd& q, const Complementary& solution) {
  EXPECT_GE(solution.y.minCoeff(), 0);
  EXPECT_LE(solution.residual, 1e-13);
  const VectorXd slack = matrix * solution.y + q;
  const double size = solution.y.sum() + q.cwiseAbs().maxCoeff();
  EXPECT_GE(slack.minCoeff(), -1e-12 * size);
  EXPECT_LE(slack.dot(solution.y), 1e-12 * size * size);
}

TEST(Complementarity, HoldsForRegularAndDependentRows) {
  uint64_t seed = 0;
  for (const int T : {1, 2, 3, 8, 40}) {
    for (const int rank : {1, 2, 5, 30, 60}) {
      for (int sample = 0; sample < 5; ++sample) {
        SCOPED_TRACE(testing::Message() << T << " rows of rank " << rank);
        const MatrixXd matrix = unit_rows(gramian_of(random_rows(T, rank, ++seed))).cosines;
        const VectorXd q = matrix * random_rows(T, 1, ++seed);
        expect_solution(matrix, q, solve_complementarity(matrix, q));
      }
    }
  }
}

TEST(Complementarity, NeedsFewRoundsForRegularRows) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const MatrixXd matrix = unit_rows(gramian_of(random_rows(40, 60, seed))).cosines;
    const VectorXd q = matrix * random_rows(40, 1, seed + 1000);
    EXPECT_LE(solve_complementarity(matrix, q).iterations, 20);
  }
}

TEST(Complementarity, IsZeroWhereNothingIsNegative) {
  const Complementary solution = solve_complementarity(MatrixXd::Identity(3, 3), VectorXd::Zero(3));
  EXPECT_TRUE(solution.y.isZero(0));
  EXPECT_EQ(solution.residual, 0);
}

}  // namespace
}  // namespace reconcile
