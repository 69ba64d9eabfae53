#include "reconcile/scalarizers/preference.h"

#include <limits>

#include "reconcile/core/task.h"
#include "reconcile/scalarizers/memory.h"

namespace reconcile {

Preference make_preference(const std::vector<double>& given, int64_t num_tasks, double value, const std::string& what) {
  const std::vector<double> list = task_values(given, num_tasks, value, what);
  const Eigen::VectorXd all = Eigen::Map<const Eigen::VectorXd>(list.data(), num_tasks);
  return {all / all.stableNorm(), all.sum(), all.stableNorm()};
}

Parts decompose(const Eigen::VectorXd& v, const Eigen::VectorXd& unit) {
  Parts result{v.dot(unit), {}};
  result.rest = v - result.along * unit;
  const double rounding = 4 * std::numeric_limits<double>::epsilon() * static_cast<double>(v.size()) * v.stableNorm();
  if (result.rest.stableNorm() <= rounding) result.rest.setZero();
  return result;
}

}  // namespace reconcile
