#include "reconcile/core/task_gradients.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/stopwatch.h"
#include "reconcile/core/layer_gramians.h"

namespace reconcile {
namespace {

/// Gramians [L, T, T] of rows that are multiplied by `factors`.
at::Tensor scaled(const at::Tensor& gramians, const std::vector<double>& factors) {
  const at::Tensor f = at::tensor(factors, at::kDouble);
  return gramians * at::outer(f, f);
}

}  // namespace

TaskGradients::TaskGradients(const ParamLayout& layout, int64_t num_tasks, const at::TensorOptions& like)
    : TaskGradients(layout, at::zeros({num_tasks, layout.size()}, like)) {}

TaskGradients::TaskGradients(ParamLayout layout, at::Tensor rows) : layout_(std::move(layout)), rows_(std::move(rows)) {
  if (rows_.dim() != 2 || rows_.size(1) != layout_.size()) {
    fail<InvalidArgument>("task gradients: rows have shape {}, the layout needs [T, {}].",
                          fmt::join(rows_.sizes(), " x "), layout_.size());
  }
  for (int64_t t = 0; t < num_tasks(); ++t) {
    auto& row = places_.emplace_back();
    for (const auto& parameter : layout_.parameters()) {
      row.push_back(rows_[t].slice(0, parameter.begin, parameter.end));
    }
  }
}

const at::Tensor& TaskGradients::rows() const {
  const at::NoGradGuard no_grad;
  for (size_t t = 0; t < factors_.size(); ++t) {
    if (factors_[t] != 1.0) at::Tensor(rows_[static_cast<int64_t>(t)]).mul_(factors_[t]);
  }
  factors_.clear();
  return rows_;
}

void TaskGradients::changed() {
  layer_gramians_ = at::Tensor();
  factors_.clear();
}

void TaskGradients::scale(const std::vector<double>& factors) {
  if (std::all_of(factors.begin(), factors.end(), [](double f) { return f == 1.0; })) return;
  if (layer_gramians_.defined()) layer_gramians_ = scaled(layer_gramians_, factors);
  factors_.resize(factors.size(), 1.0);
  for (size_t t = 0; t < factors.size(); ++t) factors_[t] *= factors[t];
}

const at::Tensor& TaskGradients::layer_gramians() const {
  if (layer_gramians_.defined()) return layer_gramians_;
  const Stopwatch watch(seconds_->gramians);
  layer_gramians_ = compute_layer_gramians(rows_, layout_);
  if (!factors_.empty()) layer_gramians_ = scaled(layer_gramians_, factors_);
  return layer_gramians_;
}

at::Tensor TaskGradients::gramian() const { return layer_gramians().sum(0); }

TaskGradients TaskGradients::part(int64_t first, int64_t end) const {
  const int64_t begin_column = layout_.layers()[first].begin;
  const int64_t end_column = layout_.layers()[end - 1].end;
  ParamLayout layout;
  size_t next = 0;
  const auto& parameters = layout_.parameters();
  for (int64_t l = 0; l < end; ++l) {
    if (l >= first) layout.add_layer(layout_.layers()[l].name);
    for (; next < parameters.size() && parameters[next].end <= layout_.layers()[l].end; ++next) {
      if (l >= first) layout.add_parameter(parameters[next].name, parameters[next].size());
    }
  }
  TaskGradients result(std::move(layout), rows().slice(1, begin_column, end_column));
  result.losses = losses;
  for (const auto& rows : independent) result.independent.push_back(rows.slice(1, begin_column, end_column));
  result.layer_gramians_ = layer_gramians().slice(0, first, end);
  result.seconds_ = seconds_;
  return result;
}

void TaskGradients::combine(const std::vector<double>& weights, at::Tensor& out) const {
  if (static_cast<int64_t>(weights.size()) != num_tasks()) {
    fail<InvalidArgument>("task gradients: {} weights for {} tasks.", weights.size(), num_tasks());
  }
  const Stopwatch watch(seconds_->combines);
  std::vector<double> products = weights;
  for (size_t t = 0; t < factors_.size(); ++t) products[t] *= factors_[t];
  combine_rows(rows_, products, out);
}

}  // namespace reconcile
