#include "reconcile/train/gradient_sums.h"

#include <cmath>
#include <limits>

#include "reconcile/base/json_lines.h"
#include "reconcile/linalg/condition.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

/// What rounding leaves of a zero where gradients are float32.
double noise_of(const Eigen::MatrixXd& gramian) {
  return gramian_noise(gramian.rows(), std::numeric_limits<float>::epsilon());
}

/// Median (the lower one of two) and largest of conditions whose inverses are given, at least one.
Json conditions(std::vector<double> inverses) {
  const auto middle = inverses.begin() + std::ssize(inverses) / 2;
  std::nth_element(inverses.begin(), middle, inverses.end());
  return {{"median", number(1 / *middle)}, {"max", number(1 / *std::min_element(inverses.begin(), inverses.end()))}};
}

}  // namespace

void GradientSums::add(const Eigen::MatrixXd& gramian, const std::optional<std::vector<double>>& weights) {
  const auto num_tasks = static_cast<size_t>(gramian.rows());
  norms_.resize(num_tasks);
  for (size_t t = 0; t < num_tasks; ++t) {
    norms_[t].add(std::sqrt(gramian(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(t))));
  }
  inverse_conditions_.push_back(inverse_condition(gramian, noise_of(gramian)));
  if (weights) add_progress(gramian, Eigen::Map<const Eigen::VectorXd>(weights->data(), gramian.rows()));
}

void GradientSums::add_progress(const Eigen::MatrixXd& gramian, const Eigen::VectorXd& weights) {
  const Eigen::VectorXd products = gramian * weights;
  const Eigen::VectorXd norms = gramian.diagonal().cwiseSqrt();
  const double squared = weights.dot(products);
  const double summands = weights.cwiseAbs().dot(norms);
  const bool is_zero = squared <= noise_of(gramian) * summands * summands;
  progress_.resize(static_cast<size_t>(weights.size()));
  up_.resize(progress_.size());
  for (size_t t = 0; t < progress_.size(); ++t) {
    const auto i = static_cast<Eigen::Index>(t);
    const double lengths = norms(i) * std::sqrt(squared);
    const double cosine = is_zero || lengths == 0 ? 0.0 : std::clamp(products(i) / lengths, -1.0, 1.0);
    progress_[t].add(cosine);
    up_[t] += cosine < 0;
  }
}

Json GradientSums::record(const TaskSet& tasks) const {
  if (norms_.empty()) return nullptr;
  Json result;
  for (size_t t = 0; t < tasks.size(); ++t) {
    const MeanAndRange& norm = norms_[t];
    result["norms"][tasks[t].name] = {{"mean", norm.mean()}, {"min", norm.low}, {"max", norm.high}};
  }
  const bool always_weighted = !progress_.empty() && progress_.front().count == norms_.front().count;
  for (size_t t = 0; always_weighted && t < tasks.size(); ++t) {
    const MeanAndRange& progress = progress_[t];
    result["progress"][tasks[t].name] = {{"mean", progress.mean()},
                                         {"up", static_cast<double>(up_[t]) / static_cast<double>(progress.count)}};
  }
  result["condition"] = conditions(inverse_conditions_);
  return result;
}

Json GradientSums::state() const {
  return {{"norms", norms_}, {"progress", progress_}, {"up", up_}, {"inverse_conditions", inverse_conditions_}};
}

void GradientSums::load_state(const Json& state) {
  state.at("norms").get_to(norms_);
  state.at("progress").get_to(progress_);
  state.at("up").get_to(up_);
  state.at("inverse_conditions").get_to(inverse_conditions_);
}

}  // namespace reconcile
