#pragma once

#include <Eigen/Core>
#include <cmath>

#include "reconcile/base/rng.h"

namespace reconcile {

/// Relative rounding error that the solvers of the tests are told to expect.
constexpr double kNoise = 1e-14;

/// [T, P], standard normal.
inline Eigen::MatrixXd random_rows(Eigen::Index T, Eigen::Index P, uint64_t seed) {
  Rng rng(seed);
  return Eigen::MatrixXd::NullaryExpr(T, P, [&] { return rng.normal(); });
}

/// Row t times 10^(decades * t / (T - 1) - decades / 2).
inline Eigen::MatrixXd spread(Eigen::MatrixXd rows, double decades) {
  for (Eigen::Index t = 0; t < rows.rows(); ++t) {
    rows.row(t) *=
        std::pow(10.0, decades * static_cast<double>(t) / static_cast<double>(rows.rows() - 1) - decades / 2);
  }
  return rows;
}

/// Every row times a power of ten between 10^-12 and 10^12.
inline Eigen::MatrixXd scatter(Eigen::MatrixXd rows, uint64_t seed) {
  Rng rng(seed);
  for (Eigen::Index t = 0; t < rows.rows(); ++t) rows.row(t) *= std::pow(10.0, rng.uniform(-12, 12));
  return rows;
}

inline Eigen::MatrixXd gramian_of(const Eigen::MatrixXd& rows) { return rows * rows.transpose(); }

}  // namespace reconcile
