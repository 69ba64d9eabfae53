#include "reconcile/linalg/fair_point.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <limits>

#include "reconcile/linalg/dual_cone.h"
#include "reconcile/linalg/min_norm.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

using Eigen::ArrayXd;
using Eigen::VectorXd;

/// Cb = n^(p - 1) b^-p with p = 1 / alpha.
struct Newton {
  const UnitRows& rows;
  double p;
  ArrayXd log_factor = (p - 1) * rows.norms.array().log();
  Eigen::MatrixXd magnitudes = rows.cosines.cwiseAbs();
  VectorXd b = (log_factor / (1 + p)).exp();  ///< the answer for orthogonal rows

  [[nodiscard]] ArrayXd rewards(const VectorXd& at) const { return (log_factor - p * at.array().log()).exp(); }
  [[nodiscard]] VectorXd gap(const VectorXd& at) const { return rewards(at).matrix() - rows.cosines * at; }
  [[nodiscard]] double residual() const { return (gap(b).array().abs() / (magnitudes * b).array()).maxCoeff(); }
  double step();
};

/// Moves b by one step and returns the share of the full Newton step that was taken.
double Newton::step() {
  const VectorXd pull = gap(b);
  Eigen::MatrixXd hessian = rows.cosines;
  hessian.diagonal().array() += p * rewards(b) / b.array();
  const VectorXd move = hessian.llt().solve(pull);
  const double shrinking = std::max((-move.array() / b.array()).maxCoeff(), 0.0);
  double length = std::min(1.0, 0.95 / shrinking);
  // Beyond the minimum along the line, take the step that is certain to descend: no second derivative doubles on it.
  if (gap(b + length * move).dot(move) < 0) length = std::min(1.0, 0.5 / ((p + 1) * shrinking));
  b += length * move;
  return length;
}

/// Iterates until the residual is at rounding level, or three full steps have not lowered it.
FairPoint solve(const UnitRows& rows, double alpha) {
  Newton newton{rows, 1 / alpha};
  const double squared_norm = newton.b.dot(rows.cosines * newton.b);
  newton.b *= std::pow(newton.b.squaredNorm() / squared_norm, 1 / (1 + newton.p));  // the best multiple
  const double tolerance = std::numeric_limits<double>::epsilon();
  FairPoint best{newton.b, newton.residual(), 0, ""};
  int patience = 3;
  for (int remaining = 300; remaining > 0 && patience > 0 && best.residual > tolerance; --remaining) {
    const bool is_full = newton.step() == 1;
    const double residual = newton.residual();
    ++best.iterations;
    if (is_full && !(residual < best.residual)) --patience;
    if (residual < best.residual) {
      best.weights = newton.b;
      best.residual = residual;
    }
  }
  best.weights = best.weights.cwiseQuotient(rows.norms);
  return best;
}

}  // namespace

FairPoint fair_point(const Eigen::MatrixXd& gramian, double alpha, double noise) {
  const std::vector<int> kept = rows_where(gramian, false);
  const bool has_zero_row = static_cast<Eigen::Index>(kept.size()) < gramian.rows();
  FairPoint result{VectorXd::Zero(gramian.rows()), 0, 0, has_zero_row ? "zero row" : ""};
  if (kept.empty()) return result;
  const UnitRows rows = unit_rows(gramian(kept, kept));
  if (min_norm(rows.cosines, noise).fallback.empty()) {
    const FairPoint point = solve(rows, alpha);
    result.weights(kept) = point.weights;
    result.residual = point.residual;
    result.iterations = point.iterations;
    return result;
  }
  const ConePoint cone = project_to_dual_cone(gramian, VectorXd::Ones(gramian.rows()), noise);
  result.fallback += has_zero_row ? ", stationary" : "stationary";
  result.weights = cone.weights;
  result.residual = cone.residual;
  result.iterations = cone.iterations;
  return result;
}

}  // namespace reconcile
