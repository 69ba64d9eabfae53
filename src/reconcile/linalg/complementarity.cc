#include "reconcile/linalg/complementarity.h"

#include <Eigen/Cholesky>

#include "reconcile/linalg/active_set.h"

namespace reconcile {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Mask = Eigen::Array<bool, Eigen::Dynamic, 1>;

/// Squared distance of a unit row from the span of others below which block pivoting counts it as dependent.
constexpr double kDependent = 1e-10;

struct Pivoting {
  const MatrixXd& matrix;
  const VectorXd& q;
  const double q_size = q.cwiseAbs().maxCoeff();
  const double tolerance = rounding_tolerance(q.size());
  VectorXd y = VectorXd::Zero(q.size());
  int iterations = 0;

  [[nodiscard]] VectorXd slack() const { return matrix * y + q; }
  [[nodiscard]] double size() const { return y.cwiseAbs().sum() + q_size; }
  [[nodiscard]] VectorXd on_face(const std::vector<int>& face) const;
  bool solve_on(const std::vector<int>& face);
  bool exchange_blocks();
  void exchange_single();
};

/// y with (Cy + q) = 0 on the face, whose rows must be independent, and y = 0 outside.
VectorXd Pivoting::on_face(const std::vector<int>& face) const {
  VectorXd result = VectorXd::Zero(q.size());
  const MatrixXd square = matrix(face, face);
  const VectorXd values = square.ldlt().solve(VectorXd(-q(face)));
  result(face) = values;
  return result;
}

/// Sets y to on_face; false if the rows of the face are nearly dependent.
bool Pivoting::solve_on(const std::vector<int>& face) {
  y.setZero();
  if (face.empty()) return true;
  const Eigen::LLT<MatrixXd> cholesky(matrix(face, face));
  if (cholesky.info() != Eigen::Success) return false;
  const double smallest = cholesky.matrixLLT().diagonal().minCoeff();
  if (smallest * smallest < kDependent) return false;
  const VectorXd values = cholesky.solve(VectorXd(-q(face)));
  y(face) = values;
  return true;
}

/// Kim and Park (SIAM J. Sci. Comput. 2011): exchanges all infeasible entries at once; false when their number has not
/// fallen for three rounds.
bool Pivoting::exchange_blocks() {
  Mask active = q.array() < -tolerance * q_size;
  Eigen::Index fewest = q.size() + 1;
  for (int remaining = 3; remaining > 0; --remaining) {
    ++iterations;
    if (!solve_on(support_of(active.cast<double>().matrix()))) return false;
    const Mask infeasible = active.select(y.array() < 0, slack().array() < -tolerance * size());
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

void Pivoting::exchange_single() {
  y.setZero();
  Mask excluded = Mask::Constant(q.size(), false);
  for (int remaining = 50 + 20 * static_cast<int>(q.size()); remaining > 0; --remaining) {
    ++iterations;
    int entering = -1;
    if (!(excluded.select(0.0, slack().array()).minCoeff(&entering) < -tolerance * size())) return;
    std::vector<int> face = support_of(y);
    face.push_back(entering);
    VectorXd target = on_face(face);
    excluded(entering) = true;
    if (!(target(entering) > 0)) continue;  // only rounding made it look infeasible
    while (!face.empty() && !(target(face).minCoeff() > 0)) {
      step_to_border(face, target, y);
      face = support_of(y);
      target = on_face(face);
    }
    y = target;
    excluded = y.array() > 0;
  }
}

}  // namespace

Complementary solve_complementarity(const MatrixXd& matrix, const VectorXd& q) {
  Pivoting pivoting{matrix, q};
  if (!pivoting.exchange_blocks()) pivoting.exchange_single();
  const Eigen::ArrayXd slack = pivoting.slack().array();
  const Eigen::ArrayXd violation = (pivoting.y.array() > 0).select(slack.abs(), (-slack).max(0.0));
  const double size = pivoting.size();
  return {pivoting.y, size > 0 ? violation.maxCoeff() / size : 0.0, pivoting.iterations};
}

}  // namespace reconcile
