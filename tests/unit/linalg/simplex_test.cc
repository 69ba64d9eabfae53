#include "reconcile/linalg/simplex.h"

#include <gtest/gtest.h>

#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

TEST(ProjectOnSimplex, FulfilsTheOptimalityConditions) {
  for (const int T : {1, 2, 5, 40}) {
    for (const double scale : {1e-12, 0.1, 1.0, 1e12}) {
      const Eigen::VectorXd x = scale * random_rows(T, 1, T).col(0);
      const Eigen::VectorXd w = project_on_simplex(x);
      EXPECT_GE(w.minCoeff(), 0);
      EXPECT_NEAR(w.sum(), 1, 1e-13);
      // x - w has one value where w > 0 and is nowhere larger.
      const Eigen::VectorXd shift = x - w;
      const double tolerance = 1e-14 * std::max(scale, 1.0);
      EXPECT_NEAR(w.dot(shift), shift.maxCoeff(), tolerance);
      EXPECT_LE((shift.maxCoeff() - shift.array()).matrix().dot(w), tolerance);
    }
  }
}

TEST(ProjectOnSimplex, KeepsWhatLiesOnIt) {
  const Eigen::Vector3d w(0.25, 0, 0.75);
  EXPECT_EQ(project_on_simplex(w), w);
}

}  // namespace
}  // namespace reconcile
