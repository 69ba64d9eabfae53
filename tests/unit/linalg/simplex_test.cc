#include "reconcile/linalg/simplex.h"

#include <gtest/gtest.h>

#include "reconcile/base/rng.h"

namespace reconcile {
namespace {

using Eigen::VectorXd;

VectorXd random_point(int T, uint64_t seed) {
  Rng rng(seed);
  return VectorXd::NullaryExpr(T, [&] { return rng.normal(); });
}

TEST(Simplex, FulfilsTheOptimalityConditions) {
  for (const int T : {1, 2, 3, 7, 40}) {
    for (const double scale : {1e-6, 0.1, 1.0, 1e6}) {
      const VectorXd x = scale * random_point(T, static_cast<uint64_t>(T));
      const VectorXd w = project_to_simplex(x);
      EXPECT_GE(w.minCoeff(), 0);
      EXPECT_NEAR(w.sum(), 1, 1e-15 * T * std::max(scale, 1.0));
      // x - w is largest, and the same, where w > 0.
      const double shift = (x - w).maxCoeff();
      for (int i = 0; i < T; ++i) {
        if (w(i) > 0) {
          EXPECT_NEAR(x(i) - w(i), shift, 1e-14 * std::max(scale, 1.0));
        }
      }
    }
  }
}

TEST(Simplex, LeavesPointsOfTheSimplexAndIgnoresACommonOffset) {
  const Eigen::Vector3d inside(0.2, 0.3, 0.5);
  EXPECT_LE((project_to_simplex(inside) - inside).norm(), 1e-16);
  EXPECT_LE((project_to_simplex(inside.array() + 1000) - inside).norm(), 1e-12);
}

TEST(Simplex, ReachesVerticesAndEdges) {
  EXPECT_EQ(project_to_simplex(Eigen::Vector3d(0, 5, 1)), Eigen::Vector3d(0, 1, 0));
  EXPECT_EQ(project_to_simplex(Eigen::Vector3d(1, 1, -9)), Eigen::Vector3d(0.5, 0.5, 0));
  EXPECT_EQ(project_to_simplex(VectorXd::Constant(1, -3.0)), VectorXd::Constant(1, 1.0));
}

}  // namespace
}  // namespace reconcile
