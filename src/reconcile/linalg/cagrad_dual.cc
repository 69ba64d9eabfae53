#include "reconcile/linalg/cagrad_dual.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reconcile/linalg/hull.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

using bounded::Vector;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The problem in units where |g0| and the shortest row have length 1. x = sum of v_i r_i is the point of the hull
/// nearest to -tau g0, the direction is g0 + x / tau.
template <int N>
struct Search {
  bounded::HullProblem<N> problem;  ///< linear = tau * mean_cosines
  Vector<N> mean_cosines;
  double c = 0;
  double noise = 0;
  Vector<N> v;  ///< the hull point for tau
  double tau = 1;
  bool is_stationary = false;
  int iterations = 0;

  [[nodiscard]] double squared_norm(const Vector<N>& u) const { return u.dot(problem.cosines * u); }
  /// Below it, c tau is less than what rounding makes of |x| = 0.
  [[nodiscard]] double lowest_tau() const { return std::sqrt(noise) * v.sum() / c; }
  void run();
  double visit();
};

/// Sets v for tau and returns the tau with |x| = c tau on the face that v lies in. Stationary: |x| < c tau for every
/// tau that counts, and x / tau is the same for all small ones.
template <int N>
double Search<N>::visit() {
  problem.linear = tau * mean_cosines;
  const bounded::HullPoint<N> point = bounded::nearest_in_hull(problem, v);
  iterations += point.iterations;
  v = point.v;
  // On the face v = base + tau * slope, and base is orthogonal to slope.
  problem.linear = mean_cosines;
  const Vector<N> slope = bounded::minimise_on_face(problem, point.support, 0.0).v;
  problem.linear.setZero();
  const Vector<N> base = bounded::minimise_on_face(problem, point.support, 1.0).v;
  const double room = c * c - squared_norm(slope);
  if (room <= 0) return kInfinity;
  const double sum = base.cwiseAbs().sum();
  const bool starts_at_zero = base.minCoeff() >= -noise * sum && squared_norm(base) <= noise * sum * sum;
  const double target = std::sqrt(std::max(squared_norm(base), 0.0) / room);
  is_stationary = starts_at_zero || (target < tau && tau <= 2 * lowest_tau());
  return target;
}

template <int N>
void Search<N>::run() {
  Eigen::Index shortest = 0;
  problem.inverse_lengths.maxCoeff(&shortest);
  v = Vector<N>::Unit(v.size(), shortest);
  tau = 1 / c;
  double low = 0;
  double high = kInfinity;
  for (int remaining = 200; remaining > 0; --remaining) {
    const double target = visit();
    if (is_stationary || std::abs(target - tau) <= 1e-15 * tau) return;
    (target < tau ? high : low) = tau;
    if (target > low && target < high) {
      tau = target;
    } else if (high == kInfinity) {
      tau *= 16;
    } else {
      tau = low > 0 ? std::sqrt(low * high) : high / 16;
    }
    tau = std::max(tau, lowest_tau());
  }
}

/// Fills in what follows from the search over the rows `kept`.
template <int N>
void finish(const Search<N>& search, double mean_length, const bounded::UnitRows<N>& rows,
            const bounded::Indices<N>& kept, CagradDual& result) {
  const bounded::HullProblem<N>& problem = search.problem;
  const Vector<N>& b = problem.inverse_lengths;
  // Where |x| is zero up to rounding, its square root would be far from zero.
  const double norm = search.is_stationary ? 0.0 : std::sqrt(std::max(search.squared_norm(search.v), 0.0));
  const double objective = search.is_stationary ? 0.0 : search.mean_cosines.dot(search.v) + search.c * norm;
  const Vector<N> pull = search.v / search.tau;
  const Vector<N> gains = search.mean_cosines + problem.cosines * pull;
  const bounded::Array<N> scale = (1 + search.c) * (1 + b.array() * search.v.sum());
  result.residual = std::max(((objective * b - gains).array() / scale).maxCoeff(), 0.0);
  result.objective = objective * mean_length * rows.norms.minCoeff();
  result.weights(kept) = search.v.cwiseProduct(b);
  result.direction(kept) += mean_length * pull.cwiseQuotient(rows.norms);
  result.iterations = search.iterations;
  if (search.is_stationary) result.fallback += result.fallback.empty() ? "stationary" : ", stationary";
}

template <int N>
CagradDual solve_dual(const bounded::Matrix<N>& gramian, double c, double noise) {
  const Eigen::Index T = gramian.rows();
  const Vector<N> mean_products = gramian.rowwise().mean();  // <g_i, g0>
  const double squared_mean = mean_products.mean();
  const double mean_of_lengths = gramian.diagonal().cwiseSqrt().mean();
  const Vector<N> uniform = Eigen::VectorXd::Constant(T, 1.0 / static_cast<double>(T));
  CagradDual result{uniform, uniform, 0, 0, 0, ""};
  if (squared_mean <= noise * mean_of_lengths * mean_of_lengths) {
    result.direction.setZero();
    result.fallback = "zero mean";
    return result;
  }
  if (c == 0) {
    Eigen::Index worst = 0;
    result.objective = mean_products.minCoeff(&worst);
    result.weights = Eigen::VectorXd::Unit(T, worst);
    return result;
  }
  const bounded::Indices<N> kept = bounded::rows_where(gramian, false);
  if (static_cast<Eigen::Index>(kept.size()) < T) result.fallback = "zero row";
  const bounded::UnitRows<N> rows = bounded::unit_rows<N>(gramian, kept);
  const double mean_length = std::sqrt(squared_mean);
  Search<N> search;
  search.problem.cosines = rows.cosines;
  search.problem.inverse_lengths = rows.norms.minCoeff() * rows.norms.cwiseInverse();
  search.mean_cosines = mean_products(kept).cwiseQuotient(mean_length * rows.norms);
  search.c = c;
  search.noise = noise;
  search.v.resize(static_cast<Eigen::Index>(kept.size()));
  search.run();
  result.weights.setZero();
  finish(search, mean_length, rows, kept, result);
  return result;
}

}  // namespace

CagradDual cagrad_dual(const Eigen::MatrixXd& gramian, double c, double noise) {
  return with_bound(gramian, [&](const auto& g) { return solve_dual(g, c, noise); });
}

}  // namespace reconcile
