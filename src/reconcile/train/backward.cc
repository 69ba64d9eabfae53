#include "reconcile/train/backward.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

using Tensors = std::vector<at::Tensor>;

void append(Tensors& to, const Tensors& more) { to.insert(to.end(), more.begin(), more.end()); }

/// Pulls cotangents back to `parameters` and writes or adds the results to `places`.
void pull_to(const Tensors& outputs, const Tensors& cotangents, const Tensors& parameters, const Tensors& places,
             bool keep_graph, bool add) {
  Tensors reached;
  Tensors given;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!cotangents[i].defined()) continue;
    reached.push_back(outputs[i]);
    given.push_back(cotangents[i]);
  }
  const auto gradients = reached.empty() ? Tensors(parameters.size())
                                         : torch::autograd::grad(reached, parameters, given, keep_graph, false,
                                                                 /*allow_unused=*/true);
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < places.size(); ++i) {
    at::Tensor place = places[i];
    if (!gradients[i].defined()) {
      if (!add) place.zero_();
    } else if (add) {
      place.add_(gradients[i].view_as(place));
    } else {
      place.copy_(gradients[i].view_as(place));
    }
  }
}

bool is_finite(const at::Tensor& tensor) { return std::isfinite(tensor.norm().item<double>()); }

}  // namespace

Backward::Backward(const MultiTaskModel& model)
    : layout_(model.shared_layout()),
      shared_(model.shared_parameters()),
      shared_gradient_(at::zeros({layout_.size()}, shared_.empty() ? at::TensorOptions() : shared_.front().options())) {
  for (const auto& range : layout_.parameters()) {
    shared_places_.push_back(shared_gradient_.slice(0, range.begin, range.end));
  }
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    own_.push_back(model.task_parameters(t));
    auto& places = own_gradients_.emplace_back();
    for (const auto& parameter : own_.back()) places.push_back(at::zeros_like(parameter));
  }
}

NamedTensors Backward::parameters() const {
  NamedTensors named;
  for (size_t i = 0; i < shared_.size(); ++i) named.emplace_back(layout_.parameters()[i].name, shared_[i]);
  for (size_t t = 0; t < own_.size(); ++t) {
    for (size_t i = 0; i < own_[t].size(); ++i) named.emplace_back(fmt::format("task{}.{}", t, i), own_[t][i]);
  }
  return named;
}

std::vector<at::Tensor> Backward::gradients() const {
  Tensors places = shared_places_;
  for (const auto& of_task : own_gradients_) append(places, of_task);
  return places;
}

TaskGradients Backward::make_rows() const { return {layout_, num_tasks(), shared_gradient_.options()}; }

void Backward::pull(const Tensors& outputs, const Tensors& shared, const Tensors& own, bool add) {
  Tensors own_parameters;
  Tensors own_places;
  for (size_t t = 0; t < own_.size(); ++t) {
    append(own_parameters, own_[t]);
    append(own_places, own_gradients_[t]);
  }
  if (own.empty()) {
    append(own_parameters, shared_);
    append(own_places, shared_places_);
    return pull_to(outputs, shared, own_parameters, own_places, false, add);
  }
  pull_to(outputs, shared, shared_, shared_places_, true, add);
  pull_to(outputs, own, own_parameters, own_places, false, add);
}

void Backward::pull_rows(const Tensors& losses, const std::vector<Tensors>& leaves, TaskGradients& rows, bool add) {
  const at::Tensor one = at::ones_like(losses.front());
  for (int64_t t = 0; t < num_tasks(); ++t) {
    Tensors parameters = leaves.empty() ? shared_ : leaves[t];
    Tensors places;
    for (size_t i = 0; i < parameters.size(); ++i) places.push_back(rows.place(t, static_cast<int64_t>(i)));
    append(parameters, own_[t]);
    append(places, own_gradients_[t]);
    pull_to({losses[t]}, {one}, parameters, places, t + 1 < num_tasks(), add);
  }
  rows.changed();
}

void Backward::set(const at::Tensor& flat) {
  int64_t begin = 0;
  const Tensors places = gradients();
  for (at::Tensor place : places) {
    place.copy_(flat.narrow(0, begin, place.numel()).view_as(place));
    begin += place.numel();
  }
}

void Backward::scale_own(const std::vector<double>& weights) {
  const at::NoGradGuard no_grad;
  for (size_t t = 0; t < own_.size(); ++t) {
    if (weights[t] == 1.0) continue;
    for (const auto& place : own_gradients_[t]) at::Tensor(place).mul_(weights[t]);
  }
}

void Backward::check_and_clip(double clip_norm) {
  const at::NoGradGuard no_grad;
  const double norm = shared_gradient_.norm().item<double>();
  bool finite = std::isfinite(norm);
  for (const auto& of_task : own_gradients_) finite = finite && std::all_of(of_task.begin(), of_task.end(), is_finite);
  if (!finite) {
    fail<StateError>(
        "a gradient is not finite; nothing was updated. Lower the learning rate, or look for log(0) and "
        "divisions by 0 in the losses.");
  }
  if (clip_norm > 0 && norm > clip_norm) shared_gradient_.mul_(clip_norm / norm);
}

}  // namespace reconcile
