#include "reconcile/linalg/complementarity.h"

#include <Eigen/Cholesky>

#include "reconcile/linalg/active_set.h"

namespace reconcile {
namespace bounded {
namespace {

/// Squared distance of a unit row from the span of others below which block pivoting counts it as dependent.
constexpr double kDependent = 1e-10;

template <int N>
struct Pivoting {
  const Matrix<N>& matrix;
  const Vector<N>& q;
  const double q_size = q.cwiseAbs().maxCoeff();
  const double tolerance = rounding_tolerance(q.size());
  Vector<N> y = Vector<N>::Zero(q.size());
  int iterations = 0;

  [[nodiscard]] Vector<N> slack() const { return matrix * y + q; }
  [[nodiscard]] double size() const { return y.cwiseAbs().sum() + q_size; }
  [[nodiscard]] Vector<N> on_face(const Indices<N>& face) const;
  bool solve_on(const Indices<N>& face);
  bool exchange_blocks();
  void exchange_single();
};

/// y with (Cy + q) = 0 on the face, whose rows must be independent, and y = 0 outside.
template <int N>
Vector<N> Pivoting<N>::on_face(const Indices<N>& face) const {
  Vector<N> result = Vector<N>::Zero(q.size());
  const Matrix<N> square = matrix(face, face);
  const Vector<N> values = square.ldlt().solve(Vector<N>(-q(face)));
  result(face) = values;
  return result;
}

/// Sets y to on_face; false if the rows of the face are nearly dependent.
template <int N>
bool Pivoting<N>::solve_on(const Indices<N>& face) {
  y.setZero();
  if (face.empty()) return true;
  const Eigen::LLT<Matrix<N>> cholesky(Matrix<N>(matrix(face, face)));
  if (cholesky.info() != Eigen::Success) return false;
  const double smallest = cholesky.matrixLLT().diagonal().minCoeff();
  if (smallest * smallest < kDependent) return false;
  const Vector<N> values = cholesky.solve(Vector<N>(-q(face)));
  y(face) = values;
  return true;
}

/// Kim and Park (SIAM J. Sci. Comput. 2011): exchanges all infeasible entries at once; false when their number has not
/// fallen for three rounds.
template <int N>
bool Pivoting<N>::exchange_blocks() {
  Mask<N> active = q.array() < -tolerance * q_size;
  Eigen::Index fewest = q.size() + 1;
  for (int remaining = 3; remaining > 0; --remaining) {
    ++iterations;
    if (!solve_on(support_of<N>(active.template cast<double>().matrix()))) return false;
    const Mask<N> infeasible = active.select(y.array() < 0, slack().array() < -tolerance * size());
    const Eigen::Index count = infeasible.count();
    if (count == 0) return true;
    if (count < fewest) {
      fewest = count;
      remaining = 4;
    }
    active = active != infeasible;
  }
  return false;
}

template <int N>
void Pivoting<N>::exchange_single() {
  y.setZero();
  Mask<N> excluded = Mask<N>::Constant(q.size(), false);
  for (int remaining = 50 + 20 * static_cast<int>(q.size()); remaining > 0; --remaining) {
    ++iterations;
    int entering = -1;
    if (!(excluded.select(0.0, slack().array()).minCoeff(&entering) < -tolerance * size())) return;
    Indices<N> face = support_of<N>(y);
    face.push_back(entering);
    Vector<N> target = on_face(face);
    excluded(entering) = true;
    if (!(target(entering) > 0)) continue;  // only rounding made it look infeasible
    while (!face.empty() && !(target(face).minCoeff() > 0)) {
      step_to_border<N>(face, target, y);
      face = support_of<N>(y);
      target = on_face(face);
    }
    y = target;
    excluded = y.array() > 0;
  }
}

}  // namespace

template <int N>
Complementary<N> solve_complementarity(const Matrix<N>& matrix, const VectorArgument<N>& q) {
  Pivoting<N> pivoting{matrix, q};
  if (!pivoting.exchange_blocks()) pivoting.exchange_single();
  const Array<N> slack = pivoting.slack().array();
  const Array<N> violation = (pivoting.y.array() > 0).select(slack.abs(), (-slack).max(0.0));
  const double size = pivoting.size();
  return {pivoting.y, size > 0 ? violation.maxCoeff() / size : 0.0, pivoting.iterations};
}

template Complementary<kOnStack> solve_complementarity(const Matrix<kOnStack>&, const Vector<kOnStack>&);
template Complementary<Eigen::Dynamic> solve_complementarity(const Eigen::MatrixXd&, const Eigen::VectorXd&);

}  // namespace bounded

Complementary solve_complementarity(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& q) {
  return with_bound(matrix, [&](const auto& m) {
    const auto solution = bounded::solve_complementarity(m, q);
    return Complementary{solution.y, solution.residual, solution.iterations};
  });
}

}  // namespace reconcile
