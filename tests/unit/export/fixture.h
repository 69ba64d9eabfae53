#pragma once

#include <ATen/ATen.h>

#include "reconcile/convert/convert.h"
#include "reconcile/export/exportable.h"
#include "unit/models/networks.h"

namespace reconcile::test {

/// Numbers of both signs that are the same in every run.
inline at::Tensor numbers(const std::vector<int64_t>& shape, uint64_t seed = 1) {
  Rng rng(seed);
  at::Tensor result = at::empty(shape);
  for (int64_t i = 0; i < result.numel(); ++i) result.data_ptr<float>()[i] = static_cast<float>(rng.uniform(-1, 1));
  return result;
}

inline const std::vector<int64_t> kExportShape{1, 32, 32};

/// Backbones of every kind, and every architecture, as `architecture on backbone`.
inline std::vector<std::string> exported_networks() {
  std::vector<std::string> names{"small_cnn", "resnet18", "segnet", "mobilenet_v2", "vit", "mlp", "mtan on resnet18"};
  for (const auto& architecture : architecture_names()) {
    if (architecture != "hps" && architecture != "mtan") names.push_back(architecture + " on small_cnn");
  }
  return names;
}

/// A network of `exported_networks()` for tasks T1 ... TN: classes, and depth for the last one where there is a map.
inline std::unique_ptr<MultiTaskModel> exported_network(const std::string& name, int64_t num_tasks) {
  const auto on = name.find(" on ");
  const bool plain = on == std::string::npos;
  NetworkSpec spec{.backbone = plain ? name : name.substr(on + 4),
                   .architecture = plain ? "hps" : name.substr(0, on),
                   .tasks = class_tasks(num_tasks),
                   .shape = kExportShape};
  if (!plain && spec.backbone == "small_cnn") spec.backbone_options = {{"features", 0}};
  const bool has_map = name != "small_cnn" && name != "mlp";
  if (has_map) spec.tasks.back() = {spec.tasks.back().name, TaskKind::kDepth, 1};
  return build_network(spec);
}

/// A catalogue network with running statistics as after training, so that evaluation differs between layers.
inline std::unique_ptr<MultiTaskModel> trained(const std::string& name, int64_t num_tasks) {
  auto model = exported_network(name, num_tasks);
  const at::NoGradGuard no_grad;
  uint64_t seed = 0;
  for (const auto& [key, tensor] : model->state()) {
    if (tensor.requires_grad()) continue;
    at::Tensor(tensor).add_(numbers(tensor.sizes().vec(), ++seed), 0.3);
  }
  return model;
}

/// Splits the first layer in groups {T1, T3}, {T2}, and a middle and the last one for each task.
inline void split_three(MultiTaskModel& model) {
  const auto& layers = model.layers();
  SplitPlan plan{"test", {{layers[0]->name(), Partition({0, 1, 0})}, {layers.back()->name(), Partition::separate(3)}}};
  if (layers.size() > 2) plan.layers.emplace_back(layers[layers.size() / 2]->name(), Partition::separate(3));
  convert(model, plan, CopyInit::kFresh, Statistics::kStream, kExportShape, Rng(5));
}

/// A function of one tensor and its weights, as if it were a network with tasks T1 ... TN.
inline Exportable function_of(std::function<std::vector<at::Tensor>(const at::Tensor&)> forward,
                              std::vector<int64_t> input_shape, NamedTensors weights = {}, int64_t num_tasks = 1) {
  Exportable result{std::move(forward), {}, std::move(input_shape), std::move(weights)};
  for (int64_t t = 0; t < num_tasks; ++t) result.tasks.push_back({fmt::format("T{}", t + 1), {}, 1});
  return result;
}

}  // namespace reconcile::test
