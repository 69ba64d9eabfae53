#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

namespace reconcile {

/// A wanted direction of the loss vector: `given`, one number > 0 a task, or all equal if it is empty.
struct Preference {
  Eigen::VectorXd unit;  ///< [T], of length 1
  double sum;            ///< of the numbers
  double length;         ///< of the vector of the numbers
};
/// InvalidArgument if `given` has another length; `what` is `scalarizer "pbi": preference`.
Preference make_preference(const std::vector<double>& given, int64_t num_tasks, double value, const std::string& what);

/// v = along * unit + rest, with rest orthogonal to `unit`. A rest that is only rounding is exactly zero.
struct Parts {
  double along;
  Eigen::VectorXd rest;
};
Parts decompose(const Eigen::VectorXd& v, const Eigen::VectorXd& unit);

}  // namespace reconcile
