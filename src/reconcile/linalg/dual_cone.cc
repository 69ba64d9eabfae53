#include "reconcile/linalg/dual_cone.h"

#include <algorithm>

#include "reconcile/linalg/complementarity.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Projections of combinations of unit rows, added up.
struct Sum {
  Sum(const UnitRows& unit_rows, double noise_level) : rows(unit_rows), noise(noise_level) {
    widened.diagonal().array() += noise;
  }

  const UnitRows& rows;
  double noise;
  MatrixXd widened = rows.cosines;
  VectorXd coefficients = VectorXd::Zero(rows.norms.size());  ///< of the unit rows
  ConePoint result{{}, 0, 0, "stationary"};

  /// Adds `scale` times the projection of the unit rows' combination u >= 0.
  void add(const VectorXd& u, double scale) {
    const Complementary solution = solve_complementarity(widened, rows.cosines * u);
    const VectorXd v = u + solution.y;
    result.residual = std::max(result.residual, solution.residual);
    result.iterations += solution.iterations;
    if (v.dot(rows.cosines * v) <= noise * v.sum() * v.sum()) return;
    coefficients += scale * v;
    result.fallback.clear();
  }

  ConePoint finish(const std::vector<int>& kept, Eigen::Index num_rows) {
    result.weights = VectorXd::Zero(num_rows);
    result.weights(kept) = coefficients.cwiseQuotient(rows.norms);
    return result;
  }
};

}  // namespace

ConePoint project_to_dual_cone(const MatrixXd& gramian, const VectorXd& target, double noise) {
  const std::vector<int> kept = rows_where(gramian, false);
  const UnitRows rows = unit_rows(gramian(kept, kept));
  Sum sum(rows, noise);
  const VectorXd lengths = target(kept).cwiseProduct(rows.norms);
  const double longest = kept.empty() ? 0.0 : lengths.maxCoeff();
  if (longest > 0) sum.add(lengths / longest, longest);
  return sum.finish(kept, gramian.rows());
}

ConePoint project_rows_to_dual_cone(const MatrixXd& gramian, const VectorXd& target, double noise) {
  const std::vector<int> kept = rows_where(gramian, false);
  const UnitRows rows = unit_rows(gramian(kept, kept));
  Sum sum(rows, noise);
  for (Eigen::Index i = 0; i < rows.norms.size(); ++i) {
    const double length = target(kept[i]) * rows.norms(i);
    if (length > 0) sum.add(VectorXd::Unit(rows.norms.size(), i), length);
  }
  return sum.finish(kept, gramian.rows());
}

}  // namespace reconcile
