#include "reconcile/linalg/fair_point.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "reconcile/linalg/active_set.h"
#include "reconcile/linalg/dual_cone.h"
#include "reconcile/linalg/min_norm.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

using bounded::Array;
using bounded::Vector;

/// The b > 0 with b + rest = e^log_factor b^-p. With x the logarithm of b, or of b + rest if that is less, it says
/// near x + far log(e^x + |rest|) = log_factor: convex in x, with a slope between `near` and 1 + p.
double balance(double rest, double log_factor, double p) {
  const double near = rest < 0 ? 1 : p;
  const double far = rest < 0 ? p : 1;
  double x = log_factor / (1 + p);
  for (int remaining = 50; remaining > 0; --remaining) {
    const double power = std::exp(x);
    const double sum = power + std::abs(rest);
    const double change = (near * x + far * std::log(sum) - log_factor) / (near + far * power / sum);
    x -= change;
    if (std::abs(change) < 1e-9) break;
  }
  return rest < 0 ? std::exp(x) - rest : std::exp(x);
}

/// Minimises the potential whose gradient is Cb - n^(p - 1) b^-p, with p = 1 / alpha.
template <int N>
struct Descent {
  const bounded::UnitRows<N>& rows;
  double p;
  Array<N> log_factor = (p - 1) * rows.norms.array().log();
  bounded::Matrix<N> magnitudes = rows.cosines.cwiseAbs();
  Vector<N> b = (log_factor / (1 + p)).exp();  ///< the answer for orthogonal rows
  int iterations = 0;

  [[nodiscard]] Array<N> rewards(const Vector<N>& at) const { return (log_factor - p * at.array().log()).exp(); }
  [[nodiscard]] Vector<N> gap(const Vector<N>& at) const { return rewards(at).matrix() - rows.cosines * at; }
  [[nodiscard]] double residual() const { return (gap(b).array().abs() / (magnitudes * b).array()).maxCoeff(); }
  bool newton();
  void sweep();
  bool converge(int limit);
  bool follow_lengths();
};

/// One Newton step; false if it had to be shortened.
template <int N>
bool Descent<N>::newton() {
  const Vector<N> pull = gap(b);
  bounded::Matrix<N> hessian = rows.cosines;
  hessian.diagonal().array() += p * rewards(b) / b.array();
  const Vector<N> move = hessian.llt().solve(pull);
  const double shrinking = std::max((-move.array() / b.array()).maxCoeff(), 0.0);
  double length = std::min(1.0, 0.95 / shrinking);
  // Beyond the minimum along the line, take the step that is certain to descend: no second derivative doubles on it.
  if (gap(b + length * move).dot(move) < 0) length = std::min(1.0, 0.5 / ((p + 1) * shrinking));
  b += length * move;
  return length == 1;
}

/// Minimises along every b_i in turn: takes each row at its own scale, where one length of step would not fit all.
template <int N>
void Descent<N>::sweep() {
  for (Eigen::Index i = 0; i < b.size(); ++i) {
    b(i) = balance(rows.cosines.col(i).dot(b) - b(i), log_factor(i), p);
  }
}

/// Goes on until the residual is at rounding level, or three full steps have not lowered it. False if it stays above.
template <int N>
bool Descent<N>::converge(int limit) {
  Vector<N> best = b;
  double lowest = residual();
  int patience = 3;
  for (int remaining = limit; remaining > 0 && patience > 0; --remaining) {
    if (lowest <= std::numeric_limits<double>::epsilon()) break;
    ++iterations;
    const bool is_full = newton();
    if (!is_full) sweep();
    const double reached = residual();
    if (is_full && !(reached < lowest)) --patience;
    if (reached < lowest) {
      lowest = reached;
      best = b;
    }
  }
  b = best;
  return lowest <= bounded::rounding_tolerance(b.size()) * (1 + log_factor.abs().maxCoeff());
}

/// Starts from rows of equal length and turns the lengths up step by step, each from the answer of the last. False if
/// it does not arrive.
template <int N>
bool Descent<N>::follow_lengths() {
  const Array<N> all = log_factor;
  log_factor.setZero();
  b.setOnes();
  converge(100);
  double step = 0.25;
  double done = 0;
  while (done < 1 && step > 1e-3) {
    const Vector<N> previous = b;
    const double next = std::min(1.0, done + step);
    log_factor = next * all;
    if (converge(20)) {
      done = next;
      step *= 2;
    } else {
      b = previous;
      step /= 2;
    }
  }
  log_factor = all;
  return done == 1;
}

template <int N>
FairPoint solve_fair(const bounded::Matrix<N>& gramian, double alpha, double noise) {
  const bounded::Indices<N> kept = bounded::rows_where(gramian, false);
  const bool has_zero_row = static_cast<Eigen::Index>(kept.size()) < gramian.rows();
  FairPoint result{Eigen::VectorXd::Zero(gramian.rows()), 0, 0, has_zero_row ? "zero row" : ""};
  if (kept.empty()) return result;
  const bounded::UnitRows<N> rows = bounded::unit_rows<N>(gramian, kept);
  const bool exists = bounded::min_norm(rows.cosines, noise).fallback.empty();
  if (exists) {
    Descent<N> descent{rows, 1 / alpha};
    descent.sweep();
    if (descent.converge(40) || descent.follow_lengths()) {
      result.weights(kept) = descent.b.cwiseQuotient(rows.norms);
      result.residual = descent.residual();
      result.iterations = descent.iterations;
      return result;
    }
  }
  const bounded::ConePoint<N> cone = bounded::project_to_dual_cone(gramian, Vector<N>::Ones(gramian.rows()), noise);
  if (has_zero_row) result.fallback += ", ";
  result.fallback += exists ? "unsolved" : "stationary";
  result.weights = cone.weights;
  result.residual = cone.residual;
  result.iterations = cone.iterations;
  return result;
}

}  // namespace

FairPoint fair_point(const Eigen::MatrixXd& gramian, double alpha, double noise) {
  return with_bound(gramian, [&](const auto& g) { return solve_fair(g, alpha, noise); });
}

}  // namespace reconcile
