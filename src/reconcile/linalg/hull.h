#pragma once

#include <Eigen/Core>
#include <vector>

namespace reconcile {

/// min 1/2 v'Cv + q'v  over  v >= 0, b'v = 1.
/// With unit rows r_i, lengths n_i, b_i = min n / n_i and q_i = <r_i, a>, the sum of v_i r_i is the point of the convex
/// hull of the rows n_i r_i / min n that is nearest to -a.
struct HullProblem {
  Eigen::MatrixXd cosines;          ///< C [T, T], positive semi-definite, ones on the diagonal
  Eigen::VectorXd inverse_lengths;  ///< b [T], in (0, 1], the largest is 1
  Eigen::VectorXd linear;           ///< q [T]
};

/// The answer and how good it is.
struct HullPoint {
  Eigen::VectorXd v;         ///< [T]
  std::vector<int> support;  ///< where v > 0; the rows there are affinely independent
  /// max over i of (multiplier b_i - (Cv + q)_i) / ((sum v + max|q|)(1 + b_i sum v)): 0 for the exact answer, and
  /// divided by the size of the numbers it is made of.
  double residual = 0;
  int iterations = 0;
};

/// The minimiser on the affine hull of a face, and its multiplier.
struct FacePoint {
  Eigen::VectorXd v;  ///< [T], zero outside the face; may be negative inside
  double multiplier = 0;
};

/// Minimises 1/2 v'Cv + q'v over b'v = total with v = 0 outside `face`, whose rows must be affinely independent.
FacePoint minimise_on_face(const HullProblem& problem, const std::vector<int>& face, double total);

/// Wolfe's method ("Finding the nearest point in a polytope", 1976) on the Gramian: finite, each step one dense solve
/// on the current face. `start` is feasible with affinely independent support, such as a vertex e_i / b_i.
HullPoint nearest_in_hull(const HullProblem& problem, const Eigen::VectorXd& start);

}  // namespace reconcile
