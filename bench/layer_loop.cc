#include "layer_loop.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/train/network_probe.h"

namespace reconcile::bench {
namespace {

constexpr double kLearningRate = 0.01;
constexpr double kMomentum = 0.9;

using Tensors = std::vector<at::Tensor>;

double sum_of_cosines(const Tensors& vectors) {
  Tensors units;
  for (const auto& vector : vectors) units.push_back(vector / vector.norm().clamp_min(1e-12));
  double sum = 0;
  for (size_t i = 0; i < units.size(); ++i) {
    for (size_t j = i + 1; j < units.size(); ++j) sum += units[i].dot(units[j]).item<double>();
  }
  return sum;
}

Tensors zeros_like(const Tensors& tensors) {
  Tensors zeros;
  for (const auto& tensor : tensors) zeros.push_back(at::zeros_like(tensor, at::TensorOptions().requires_grad(false)));
  return zeros;
}

}  // namespace

LayerLoop::LayerLoop(MultiTaskModel& model)
    : model_(model),
      layout_(model.shared_layout()),
      shared_(model.shared_parameters()),
      shared_momentum_(zeros_like(shared_)) {
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    own_.push_back(model.task_parameters(t));
    own_momentum_.push_back(zeros_like(own_.back()));
  }
}

Tensors LayerLoop::vectors_of(const std::vector<Tensors>& gradients, const ParamLayout::Range& layer) const {
  Tensors vectors;
  for (const auto& of_task : gradients) {
    Tensors parts;
    for (size_t i = 0; i < shared_.size(); ++i) {
      const auto& range = layout_.parameters()[i];
      if (range.begin >= layer.begin && range.end <= layer.end) parts.push_back(of_task[i].flatten());
    }
    vectors.push_back(at::cat(parts));
  }
  return vectors;
}

void LayerLoop::move(const at::Tensor& parameter, const at::Tensor& gradient, at::Tensor& momentum) {
  momentum.mul_(kMomentum).add_(gradient);
  at::Tensor(parameter).data().sub_(momentum, kLearningRate);
}

double LayerLoop::operator()(const Batch& batch) {
  const auto num_tasks = static_cast<size_t>(model_.num_tasks());
  const Tensors losses = task_losses(model_, model_.forward(batch.inputs), batch);
  std::vector<Tensors> gradients;
  for (size_t t = 0; t < num_tasks; ++t) {
    Tensors parameters = shared_;
    parameters.insert(parameters.end(), own_[t].begin(), own_[t].end());
    gradients.push_back(torch::autograd::grad({losses[t]}, parameters, {}, /*retain_graph=*/true));
  }
  const at::NoGradGuard no_grad;
  double sum = 0;
  for (const auto& layer : layout_.layers()) sum += sum_of_cosines(vectors_of(gradients, layer));
  for (size_t i = 0; i < shared_.size(); ++i) {
    Tensors of_tasks;
    for (const auto& of_task : gradients) of_tasks.push_back(of_task[i]);
    move(shared_[i], at::stack(of_tasks).mean(0) * static_cast<double>(num_tasks), shared_momentum_[i]);
  }
  for (size_t t = 0; t < num_tasks; ++t) {
    for (size_t i = 0; i < own_[t].size(); ++i) move(own_[t][i], gradients[t][shared_.size() + i], own_momentum_[t][i]);
  }
  return sum / static_cast<double>(layout_.num_layers() * num_tasks * (num_tasks - 1) / 2);
}

}  // namespace reconcile::bench
