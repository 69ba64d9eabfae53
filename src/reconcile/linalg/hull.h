#pragma once

#include "reconcile/linalg/matrix.h"

namespace reconcile {
namespace bounded {

/// min 1/2 v'Cv + q'v  over  v >= 0, b'v = 1.
/// With unit rows r_i, lengths n_i, b_i = min n / n_i and q_i = <r_i, a>, the sum of v_i r_i is the point of the convex
/// hull of the rows n_i r_i / min n that is nearest to -a.
template <int N>
struct HullProblem {
  Matrix<N> cosines;          ///< C [T, T], positive semi-definite, ones on the diagonal
  Vector<N> inverse_lengths;  ///< b [T], in (0, 1], the largest is 1
  Vector<N> linear;           ///< q [T]
};

/// The answer and how good it is.
template <int N>
struct HullPoint {
  Vector<N> v;         ///< [T]
  Indices<N> support;  ///< where v > 0; the rows there are affinely independent
  /// max over i of (multiplier b_i - (Cv + q)_i) / ((sum v + max|q|)(1 + b_i sum v)): 0 for the exact answer, and
  /// divided by the size of the numbers it is made of.
  double residual = 0;
  int iterations = 0;
};

/// The minimiser on the affine hull of a face, and its multiplier.
template <int N>
struct FacePoint {
  Vector<N> v;  ///< [T], zero outside the face; may be negative inside
  double multiplier = 0;
};

/// Minimises 1/2 v'Cv + q'v over b'v = total with v = 0 outside `face`, whose rows must be affinely independent.
template <int N>
FacePoint<N> minimise_on_face(const HullProblem<N>& problem, const Indices<N>& face, double total);

/// Wolfe's method ("Finding the nearest point in a polytope", 1976) on the Gramian: finite, each step one dense solve
/// on the current face. `start` is feasible with affinely independent support, such as a vertex e_i / b_i.
template <int N>
HullPoint<N> nearest_in_hull(const HullProblem<N>& problem, const VectorArgument<N>& start);

}  // namespace bounded

using HullProblem = bounded::HullProblem<Eigen::Dynamic>;
using HullPoint = bounded::HullPoint<Eigen::Dynamic>;
using bounded::nearest_in_hull;

}  // namespace reconcile
