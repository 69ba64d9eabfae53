#include "reconcile/linalg/alignment.h"

#include <gtest/gtest.h>

#include <Eigen/SVD>

#include "unit/linalg/random_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kSmallest = 1e-12;

TEST(Alignment, AgreesWithTheSingularValueDecomposition) {
  for (const int T : {1, 2, 3, 11, 40}) {
    for (const int P : {T + 5, 100}) {
      const MatrixXd rows = random_rows(T, P, static_cast<uint64_t>(T + P));
      const VectorXd target = random_rows(T, 1, 3);
      const Eigen::JacobiSVD<MatrixXd> svd(rows, Eigen::ComputeThinU | Eigen::ComputeThinV);
      const VectorXd unit = svd.matrixV() * svd.matrixU().transpose() * target;
      const VectorXd& sigma = svd.singularValues();  // descending
      const auto direction = [&](AlignedLength length) -> VectorXd {
        const Alignment aligned = align_rows(gramian_of(rows), target, length, kSmallest);
        EXPECT_LE(aligned.residual, 1e-13);
        EXPECT_TRUE(aligned.singular_values.reverse().isApprox(sigma, 1e-11));
        return rows.transpose() * aligned.weights;
      };
      const double rms = sigma.norm() / std::sqrt(static_cast<double>(T));
      EXPECT_TRUE(direction(AlignedLength::kSmallest).isApprox(sigma(T - 1) * unit, 1e-9));
      EXPECT_TRUE(direction(AlignedLength::kMedian).isApprox(sigma(T / 2) * unit, 1e-9));
      EXPECT_TRUE(direction(AlignedLength::kRootMeanSquare).isApprox(rms * unit, 1e-9));
    }
  }
}

TEST(Alignment, HasTheShortestLengthWithEveryRowOverTwentyFourDecades) {
  // For nearly orthogonal scales the aligned rows are the Gram-Schmidt vectors, from the longest row to the shortest.
  const MatrixXd rows = spread(random_rows(5, 9, 4), 24);
  const Alignment aligned = align_rows(gramian_of(rows), VectorXd::Ones(5), AlignedLength::kSmallest, kSmallest);
  MatrixXd basis(5, 9);
  VectorXd lengths(5);
  for (int t = 4; t >= 0; --t) {
    VectorXd row = rows.row(t);
    for (int pass = 0; pass < 2; ++pass) {
      for (int s = 4; s > t; --s) row -= basis.row(s).dot(row) * basis.row(s).transpose();
    }
    lengths(t) = row.norm();
    basis.row(t) = row / row.norm();
  }
  EXPECT_TRUE(aligned.singular_values.isApprox(lengths, 1e-9));
  for (int t = 0; t < 5; ++t) EXPECT_NEAR(aligned.singular_values(t) / lengths(t), 1, 1e-9) << t;
}

TEST(Alignment, LeavesOutZeroRowsAndDependentDirections) {
  const MatrixXd rows{{3, 0, 0}, {0, 0, 0}, {3, 0, 0}, {0, 0, 2}};
  const Alignment aligned = align_rows(gramian_of(rows), VectorXd::Ones(4), AlignedLength::kSmallest, kSmallest);
  EXPECT_EQ(aligned.singular_values.size(), 2);
  EXPECT_TRUE((rows.transpose() * aligned.weights).isApprox(Eigen::Vector3d(2 * std::sqrt(2.0), 0, 2), 1e-14));
  EXPECT_EQ(aligned.weights(1), 0);
  EXPECT_TRUE(align_rows(MatrixXd::Zero(2, 2), VectorXd::Ones(2), AlignedLength::kMedian, 1e-12).weights.isZero(0));
}

}  // namespace
}  // namespace reconcile
