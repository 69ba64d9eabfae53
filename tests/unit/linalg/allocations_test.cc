// No solver takes memory from the heap but for its result, whatever the rows look like.

#include <gtest/gtest.h>

#include "reconcile/linalg/alignment.h"
#include "reconcile/linalg/cagrad_dual.h"
#include "reconcile/linalg/complementarity.h"
#include "reconcile/linalg/dual_cone.h"
#include "reconcile/linalg/equal_cosines.h"
#include "reconcile/linalg/fair_point.h"
#include "reconcile/linalg/min_norm.h"
#include "reconcile/linalg/simplex.h"
#include "reconcile/linalg/unit_rows.h"
#include "unit/linalg/count_allocations.h"
#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct CountedSolver {
  std::string name;
  int64_t results;  ///< vectors and matrices that it gives back
  std::function<VectorXd(const MatrixXd& gramian, const VectorXd& target)> solve;
};
std::ostream& operator<<(std::ostream& out, const CountedSolver& solver) { return out << solver.name; }

std::vector<CountedSolver> counted_solvers() {
  const double noise = gramian_noise(40);
  return {
      {"min_norm", 1, [=](const MatrixXd& g, const VectorXd&) { return min_norm(g, noise).weights; }},
      {"cagrad_dual", 2, [=](const MatrixXd& g, const VectorXd&) { return cagrad_dual(g, 0.4, noise).weights; }},
      {"complementarity", 1, [](const MatrixXd& g, const VectorXd& v) { return solve_complementarity(g, v).y; }},
      {"dual_cone", 1, [=](const MatrixXd& g, const VectorXd& v) { return project_to_dual_cone(g, v, noise).weights; }},
      {"rows_to_dual_cone", 1,
       [=](const MatrixXd& g, const VectorXd& v) { return project_rows_to_dual_cone(g, v, noise).weights; }},
      {"equal_cosines", 1,
       [=](const MatrixXd& g, const VectorXd& v) { return equal_cosines(g, v, noise).coefficients; }},
      {"fair_point", 1, [=](const MatrixXd& g, const VectorXd&) { return fair_point(g, 2, noise).weights; }},
      {"align_rows", 2,
       [](const MatrixXd& g, const VectorXd& v) { return align_rows(g, v, AlignedLength::kMedian, 1e-7).weights; }},
      {"simplex", 1, [](const MatrixXd&, const VectorXd& v) { return project_to_simplex(v); }},
      {"without_noise", 2,
       [](const MatrixXd& g, const VectorXd&) { return VectorXd(without_noise(g, 1e-7).reshaped()); }},
  };
}

class EverySolver : public testing::TestWithParam<CountedSolver> {
 protected:
  /// Solves it for T unit rows of that rank; says how often that allocated.
  int64_t solve(int T, int rank) {
    const MatrixXd cosines = unit_rows(gramian_of(random_rows(T, rank, static_cast<uint64_t>(T)))).cosines;
    VectorXd target = VectorXd::Ones(T);
    if (GetParam().name == "complementarity") target = -(cosines * target);
    return count_allocations([&] { result = GetParam().solve(cosines, target); });
  }
  VectorXd result;
};

TEST_P(EverySolver, AllocatesItsResultAlone) {
  if (!kCountsAllocations) GTEST_SKIP();
  for (const int T : {2, 3, 11, 40}) {
    for (const int rank : {std::max(T / 2, 1), 60}) {
      EXPECT_EQ(solve(T, rank), GetParam().results) << T << " tasks, rank " << rank;
    }
  }
}

TEST_P(EverySolver, WorksForMoreTasksThanTheStackHasRoomFor) {
  solve(kOnStack + 6, 200);
  EXPECT_TRUE(result.allFinite());
  EXPECT_GT(result.norm(), 0);
}

INSTANTIATE_TEST_SUITE_P(Linalg, EverySolver, testing::ValuesIn(counted_solvers()));

// The same code on the heap gives the same bits.
TEST(Bounded, DoesNotDependOnWhereItWorks) {
  for (const int T : {2, 3, 11, 40}) {
    const MatrixXd gramian = gramian_of(random_rows(T, 60, static_cast<uint64_t>(T)));
    EXPECT_EQ(min_norm(gramian, 1e-12).weights, bounded::min_norm(gramian, 1e-12).weights);
    EXPECT_EQ(project_to_dual_cone(gramian, VectorXd::Ones(T), 1e-12).weights,
              bounded::project_to_dual_cone(gramian, VectorXd::Ones(T), 1e-12).weights);
  }
}

}  // namespace
}  // namespace reconcile
