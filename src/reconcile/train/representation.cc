#include "reconcile/train/representation.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

using Tensors = std::vector<at::Tensor>;

/// Sum over the tasks of weights[t] * row t, in the shape of `like`; no weights are ones.
at::Tensor weighted_sum(const at::Tensor& rows, const std::vector<int64_t>& tasks, const std::vector<double>& weights,
                        const at::Tensor& like) {
  at::Tensor sum = at::zeros({like.numel()}, rows.options());
  for (const int64_t t : tasks) sum.add_(rows[t], weights.empty() ? 1.0 : weights[t]);
  return sum.view_as(like);
}

}  // namespace

std::vector<Tensors> leaves_of(const Representation& representation, int64_t num_tasks) {
  std::vector<Tensors> leaves(static_cast<size_t>(num_tasks));
  for (int64_t t = 0; t < num_tasks; ++t) {
    for (const auto& feature : representation.features) {
      leaves[t].push_back(feature.of_task(t).detach().requires_grad_(true));
    }
  }
  return leaves;
}

Representation read_by(const std::vector<Tensors>& leaves, const std::vector<int64_t>& size) {
  Representation result{{}, size};
  for (size_t f = 0; f < leaves.front().size(); ++f) {
    Tensors of_feature;
    for (const auto& of_task : leaves) of_feature.push_back(of_task[f]);
    result.features.emplace_back(Partition::separate(static_cast<int64_t>(leaves.size())), std::move(of_feature));
  }
  return result;
}

ParamLayout layout_of(const Tensors& features) {
  ParamLayout layout;
  layout.add_layer("representation");
  for (const auto& feature : features) layout.add_parameter("representation", feature.numel());
  return layout;
}

Cotangents cotangents_of(const Representation& representation, const TaskGradients& rows, const at::Tensor& direction,
                         const std::vector<double>& weights, const std::vector<double>& own_weights) {
  const auto& features = representation.features;
  const bool forked = std::any_of(features.begin(), features.end(),
                                  [](const Streams& streams) { return !streams.partition().is_shared(); });
  if (forked && weights.empty()) {
    fail<InvalidArgument>(
        "step.gradient = \"representation\", but every task reads a representation of its own (a split network, an "
        "architecture, or inputs that are not shared) and the method has no task weights. Use \"parameters\".");
  }
  Cotangents result;
  for (size_t f = 0; f < features.size(); ++f) {
    const auto& range = rows.layout().parameters()[f];
    const at::Tensor of_feature = rows.rows().slice(1, range.begin, range.end);
    for (int64_t g = 0; g < features[f].partition().num_groups(); ++g) {
      const at::Tensor& value = features[f].values()[g];
      result.outputs.push_back(value);
      if (!forked) {
        result.shared.push_back(direction.slice(0, range.begin, range.end).view_as(value));
        continue;
      }
      const auto tasks = features[f].partition().tasks_of(g);
      result.shared.push_back(weighted_sum(of_feature, tasks, weights, value));
      result.own.push_back(weighted_sum(of_feature, tasks, own_weights, value));
    }
  }
  return result;
}

}  // namespace reconcile
