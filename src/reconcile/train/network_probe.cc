#include "reconcile/train/network_probe.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {

std::vector<at::Tensor> task_losses(const MultiTaskModel& model, const std::vector<at::Tensor>& predictions,
                                    const Batch& batch) {
  std::vector<at::Tensor> losses;
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    losses.push_back(task_loss(model.tasks()[t], predictions[t], batch.targets[t]));
  }
  return losses;
}

void add_values(const std::vector<at::Tensor>& losses, const TaskSet& tasks, double share, std::vector<double>& sums) {
  const at::Tensor values = at::stack(losses).detach().to(at::kCPU, at::kDouble);
  sums.resize(losses.size(), 0.0);
  for (size_t t = 0; t < losses.size(); ++t) {
    const double value = values.data_ptr<double>()[t];
    if (!std::isfinite(value)) {
      fail<NotFinite>("the loss of task \"{}\" is {}. Lower the learning rate or look at its data.", tasks[t].name,
                      number(value).get<std::string>());
    }
    sums[t] += share * value;
  }
}

NetworkProbe::NetworkProbe(MultiTaskModel& model, std::vector<at::Tensor> parameters, std::span<const Batch> batches)
    : model_(model), parameters_(std::move(parameters)), batches_(batches) {
  for (const auto& parameter : parameters_) given_.push_back(parameter.detach().clone());
  model_.set_frozen_statistics(true);
}

NetworkProbe::~NetworkProbe() {
  move({});
  model_.set_frozen_statistics(false);
}

void NetworkProbe::move(const at::Tensor& shift) {
  const at::NoGradGuard no_grad;
  int64_t begin = 0;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor parameter = parameters_[i];
    parameter.copy_(given_[i]);
    if (shift.defined()) parameter.add_(shift.narrow(0, begin, parameter.numel()).view_as(parameter));
    begin += parameter.numel();
  }
}

std::vector<at::Tensor> NetworkProbe::forward(int64_t batch, const at::Tensor& shift) {
  move(shift);
  const Batch& chosen = batches_[static_cast<size_t>(batch)];
  return task_losses(model_, model_.forward(chosen.inputs), chosen);
}

at::Tensor NetworkProbe::flat_gradient(const at::Tensor& scalar, bool keep_graph) {
  const auto gradients = torch::autograd::grad({scalar}, parameters_, {}, keep_graph, false, /*allow_unused=*/true);
  std::vector<at::Tensor> flat;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    flat.push_back(gradients[i].defined() ? gradients[i].flatten()
                                          : at::zeros({parameters_[i].numel()}, parameters_[i].options()));
  }
  return at::cat(flat).detach();
}

std::vector<double> NetworkProbe::losses(int64_t batch, const at::Tensor& shift) {
  const at::NoGradGuard no_grad;
  std::vector<double> values;
  add_values(forward(batch, shift), model_.tasks(), 1.0, values);
  return values;
}

at::Tensor NetworkProbe::gradient(int64_t batch, const std::vector<double>& weights, const at::Tensor& shift) {
  const auto losses = forward(batch, shift);
  at::Tensor sum = losses.front() * weights.front();
  for (size_t t = 1; t < losses.size(); ++t) sum = sum + losses[t] * weights[t];
  return flat_gradient(sum, false);
}

at::Tensor NetworkProbe::rows(int64_t batch, const at::Tensor& shift) {
  const auto losses = forward(batch, shift);
  std::vector<at::Tensor> rows;
  for (size_t t = 0; t < losses.size(); ++t) rows.push_back(flat_gradient(losses[t], t + 1 < losses.size()));
  return at::stack(rows);
}

}  // namespace reconcile
