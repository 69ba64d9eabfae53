#include "reconcile/linalg/alignment.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

using bounded::Matrix;
using bounded::Vector;
using Eigen::Index;

/// Rotates columns until they are orthogonal, and the entries of `shares` with them. Returns the largest cosine left.
template <int N>
double orthogonalise(Matrix<N>& columns, Vector<N>& shares) {
  const double tolerance = static_cast<double>(columns.rows()) * std::numeric_limits<double>::epsilon();
  double largest = 0;
  for (int remaining = 40; remaining > 0; --remaining) {
    largest = 0;
    for (Index i = 0; i < columns.cols(); ++i) {
      for (Index j = i + 1; j < columns.cols(); ++j) {
        const double a = columns.col(i).squaredNorm();
        const double b = columns.col(j).squaredNorm();
        const double product = columns.col(i).dot(columns.col(j));
        const double cosine = std::abs(product) / (std::sqrt(a) * std::sqrt(b));
        largest = std::max(largest, cosine);
        if (cosine <= tolerance) continue;
        Eigen::JacobiRotation<double> rotation;
        rotation.makeJacobi(a, product, b);
        columns.applyOnTheRight(i, j, rotation);
        shares.transpose().applyOnTheRight(i, j, rotation);
      }
    }
    if (largest <= tolerance) break;
  }
  return largest;
}

double length_of(const Eigen::VectorXd& ascending, AlignedLength length) {
  switch (length) {
    case AlignedLength::kMedian:
      return ascending((ascending.size() - 1) / 2);
    case AlignedLength::kRootMeanSquare:
      return ascending.norm() / std::sqrt(static_cast<double>(ascending.size()));
    case AlignedLength::kSmallest:
      break;
  }
  return ascending(0);
}

/// Indices of the rows from the longest to the shortest, zero rows left out.
template <int N>
bounded::Indices<N> by_length(const Matrix<N>& gramian) {
  bounded::Indices<N> order = bounded::rows_where(gramian, false);
  std::sort(order.begin(), order.end(),
            [&](int i, int j) { return gramian(i, i) > gramian(j, j) || (gramian(i, i) == gramian(j, j) && i < j); });
  return order;
}

template <int N>
Alignment align(const Matrix<N>& gramian, const bounded::VectorArgument<N>& target, AlignedLength length,
                double smallest) {
  const bounded::Indices<N> order = by_length(gramian);
  Alignment result{Eigen::VectorXd::Zero(gramian.rows()), {}, 0};
  if (order.empty()) return result;
  const bounded::UnitRows<N> rows = bounded::unit_rows<N>(gramian, order);
  const Eigen::SelfAdjointEigenSolver<Matrix<N>> eigen(rows.cosines);
  const Index rank = (eigen.eigenvalues().array() >= smallest).count();
  const Vector<N> roots = eigen.eigenvalues().tail(rank).cwiseSqrt();
  const auto vectors = eigen.eigenvectors().rightCols(rank);
  // rows = diag(norms) * vectors * diag(roots), in coordinates of their span; its transpose = columns * Q'.
  const Eigen::ColPivHouseholderQR<Matrix<N>> qr(Matrix<N>(rows.norms.asDiagonal() * vectors * roots.asDiagonal()));
  Matrix<N> columns = qr.matrixQR().topRows(rank).template triangularView<Eigen::Upper>().transpose();
  columns = qr.colsPermutation() * columns;
  Vector<N> shares = Vector<N>(qr.householderQ().adjoint() * Vector<N>(target(order))).head(rank);
  result.residual = orthogonalise(columns, shares);
  const Vector<N> values = columns.colwise().norm();
  result.singular_values = values;
  std::sort(result.singular_values.begin(), result.singular_values.end());
  const Vector<N> direction = length_of(result.singular_values, length) * (columns * shares.cwiseQuotient(values));
  const Vector<N> coefficients = vectors * direction.cwiseQuotient(roots);  // of the unit rows
  result.weights(order) = coefficients.cwiseQuotient(rows.norms);
  return result;
}

}  // namespace

Alignment align_rows(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& target, AlignedLength length,
                     double smallest) {
  return with_bound(gramian, [&]<int N>(const Matrix<N>& g) { return align<N>(g, target, length, smallest); });
}

}  // namespace reconcile
