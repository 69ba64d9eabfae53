#pragma once

#include <ATen/ATen.h>

#include "reconcile/convert/convert.h"
#include "reconcile/export/exportable.h"
#include "unit/convert/networks.h"

namespace reconcile::test {

/// Numbers of both signs that are the same in every run.
inline at::Tensor numbers(const std::vector<int64_t>& shape, uint64_t seed = 1) {
  Rng rng(seed);
  at::Tensor result = at::empty(shape);
  for (int64_t i = 0; i < result.numel(); ++i) result.data_ptr<float>()[i] = static_cast<float>(rng.uniform(-1, 1));
  return result;
}

/// A catalogue network with running statistics as after training, so that evaluation differs between layers.
inline std::unique_ptr<MultiTaskModel> trained(const std::string& name, int64_t num_tasks) {
  auto model = make_network(name, num_tasks);
  const at::NoGradGuard no_grad;
  uint64_t seed = 0;
  for (const auto& [key, tensor] : model->state()) {
    if (tensor.requires_grad()) continue;
    at::Tensor(tensor).add_(numbers(tensor.sizes().vec(), ++seed), 0.3);
  }
  return model;
}

/// Splits the first, a middle and the last layer, the first in groups {T1, T3}, {T2}.
inline void split_three(MultiTaskModel& model) {
  const auto& layers = model.layers();
  const SplitPlan plan{"test",
                       {{layers[0]->name(), Partition({0, 1, 0})},
                        {layers[layers.size() / 2]->name(), Partition::separate(3)},
                        {layers.back()->name(), Partition::separate(3)}}};
  convert(model, plan, CopyInit::kFresh, Statistics::kStream, kShape, Rng(5));
}

/// A function of one tensor and its weights, as if it were a network with tasks T1 ... TN.
inline Exportable function_of(std::function<std::vector<at::Tensor>(const at::Tensor&)> forward,
                              std::vector<int64_t> input_shape, NamedTensors weights = {}, int64_t num_tasks = 1) {
  Exportable result{std::move(forward), {}, std::move(input_shape), std::move(weights)};
  for (int64_t t = 0; t < num_tasks; ++t) result.tasks.push_back({fmt::format("T{}", t + 1), {}, 1});
  return result;
}

}  // namespace reconcile::test
