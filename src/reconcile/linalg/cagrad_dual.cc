#include "reconcile/linalg/cagrad_dual.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reconcile/linalg/hull.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The problem in units where |g0| and the shortest row have length 1. x = sum of v_i r_i is the point of the hull
/// nearest to -tau g0, the direction is g0 + x / tau.
struct Search {
  HullProblem problem;  ///< linear = tau * mean_cosines
  Eigen::VectorXd mean_cosines;
  double c = 0;
  double noise = 0;
  Eigen::VectorXd v;  ///< the hull point for tau
  double tau = 1;
  bool is_stationary = false;
  int iterations = 0;

  [[nodiscard]] double squared_norm(const Eigen::VectorXd& u) const { return u.dot(problem.cosines * u); }
  /// Below it, c tau is less than what rounding makes of |x| = 0.
  [[nodiscard]] double lowest_tau() const { return std::sqrt(noise) * v.sum() / c; }
  void run();
  double visit();
};

/// Sets v for tau and returns the tau with |x| = c tau on the face that v lies in. Stationary: |x| < c tau for every
/// tau that counts, and x / tau is the same for all small ones.
double Search::visit() {
  problem.linear = tau * mean_cosines;
  const HullPoint point = nearest_in_hull(problem, v);
  iterations += point.iterations;
  v = point.v;
  // On the face v = base + tau * slope, and base is orthogonal to slope.
  problem.linear = mean_cosines;
  const Eigen::VectorXd slope = minimise_on_face(problem, point.support, 0.0).v;
  problem.linear.setZero();
  const Eigen::VectorXd base = minimise_on_face(problem, point.support, 1.0).v;
  const double room = c * c - squared_norm(slope);
  if (room <= 0) return kInfinity;
  const double sum = base.cwiseAbs().sum();
  const bool starts_at_zero = base.minCoeff() >= -noise * sum && squared_norm(base) <= noise * sum * sum;
  const double target = std::sqrt(std::max(squared_norm(base), 0.0) / room);
  is_stationary = starts_at_zero || (target < tau && tau <= 2 * lowest_tau());
  return target;
}

void Search::run() {
  Eigen::Index shortest = 0;
  problem.inverse_lengths.maxCoeff(&shortest);
  v = Eigen::VectorXd::Unit(v.size(), shortest);
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
void finish(const Search& search, double mean_length, const UnitRows& rows, const std::vector<int>& kept,
            CagradDual& result) {
  const HullProblem& problem = search.problem;
  const Eigen::VectorXd& b = problem.inverse_lengths;
  // Where |x| is zero up to rounding, its square root would be far from zero.
  const double norm = search.is_stationary ? 0.0 : std::sqrt(std::max(search.squared_norm(search.v), 0.0));
  const double objective = search.is_stationary ? 0.0 : search.mean_cosines.dot(search.v) + search.c * norm;
  const Eigen::VectorXd pull = search.v / search.tau;
  const Eigen::VectorXd gains = search.mean_cosines + problem.cosines * pull;
  const Eigen::ArrayXd scale = (1 + search.c) * (1 + b.array() * search.v.sum());
  result.residual = std::max(((objective * b - gains).array() / scale).maxCoeff(), 0.0);
  result.objective = objective * mean_length * rows.norms.minCoeff();
  result.weights(kept) = search.v.cwiseProduct(b);
  result.direction(kept) += mean_length * pull.cwiseQuotient(rows.norms);
  result.iterations = search.iterations;
  if (search.is_stationary) result.fallback += result.fallback.empty() ? "stationary" : ", stationary";
}

}  // namespace

CagradDual cagrad_dual(const Eigen::MatrixXd& gramian, double c, double noise) {
  const Eigen::Index T = gramian.rows();
  const Eigen::VectorXd mean_products = gramian.rowwise().mean();  // <g_i, g0>
  const double squared_mean = mean_products.mean();
  const double mean_of_lengths = gramian.diagonal().cwiseSqrt().mean();
  const Eigen::VectorXd uniform = Eigen::VectorXd::Constant(T, 1.0 / static_cast<double>(T));
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
  const std::vector<int> kept = rows_where(gramian, false);
  if (static_cast<Eigen::Index>(kept.size()) < T) result.fallback = "zero row";
  const UnitRows rows = unit_rows(gramian(kept, kept));
  const double mean_length = std::sqrt(squared_mean);
  Search search;
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

}  // namespace reconcile
