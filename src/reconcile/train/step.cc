#include "reconcile/train/step.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {
namespace {

/// Writes the gradients of `loss` with respect to `parameters` into `places`; a parameter the loss does not reach gets
/// zeros.
void write_gradients(const at::Tensor& loss, const std::vector<at::Tensor>& parameters,
                     const std::vector<at::Tensor>& places, bool keep_graph) {
  const auto gradients = torch::autograd::grad({loss}, parameters, {}, keep_graph, false, true);
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < places.size(); ++i) {
    at::Tensor place = places[i];
    if (gradients[i].defined()) {
      place.copy_(gradients[i].view_as(place));
    } else {
      place.zero_();
    }
  }
}

void append(std::vector<at::Tensor>& to, const std::vector<at::Tensor>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

Step::Step(MultiTaskModel& model, Aggregator& aggregator, Reduction reduction, const OptimizerOptions& options,
           ConflictRecorder* recorder)
    : model_(model),
      aggregator_(aggregator),
      scale_(reduction == Reduction::kMean ? static_cast<double>(model.num_tasks()) : 1.0),
      recorder_(recorder),
      shared_(model.shared_parameters()) {
  const ParamLayout layout = model.shared_layout();
  gradient_ = at::zeros({layout.size()});
  NamedTensors named;
  std::vector<at::Tensor> gradients;
  for (size_t i = 0; i < shared_.size(); ++i) {
    const auto& range = layout.parameters()[i];
    shared_gradients_.push_back(gradient_.slice(0, range.begin, range.end));
    named.emplace_back(range.name, shared_[i]);
    gradients.push_back(shared_gradients_.back());
  }
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    own_.push_back(model.task_parameters(t));
    auto& places = own_gradients_.emplace_back();
    for (size_t i = 0; i < own_[t].size(); ++i) {
      places.push_back(at::zeros_like(own_[t][i]));
      named.emplace_back(fmt::format("task{}.{}", t, i), own_[t][i]);
      gradients.push_back(places.back());
    }
  }
  optimizer_ = std::make_unique<Optimizer>(options, std::move(named), std::move(gradients));
}

std::vector<at::Tensor> Step::task_losses(const Batch& batch) {
  const auto predictions = model_.forward(batch.inputs);
  std::vector<at::Tensor> losses;
  for (int64_t t = 0; t < model_.num_tasks(); ++t) {
    losses.push_back(task_loss(model_.tasks()[t], predictions[t], batch.targets[t]));
  }
  return losses;
}

void Step::one_pass(const std::vector<at::Tensor>& losses, const std::vector<double>& weights) {
  // A task's own parameters are reached by its own loss alone, so one pass of the plain sum gives them their own
  // gradients; the weights go to the shared parameters only, which needs equal weights here or T passes.
  std::vector<at::Tensor> parameters = shared_;
  std::vector<at::Tensor> places = shared_gradients_;
  for (size_t t = 0; t < own_.size(); ++t) {
    append(parameters, own_[t]);
    append(places, own_gradients_[t]);
  }
  write_gradients(at::stack(losses).sum(), parameters, places, false);
  const at::NoGradGuard no_grad;
  if (weights.front() * scale_ != 1.0) gradient_.mul_(weights.front() * scale_);
}

Aggregation Step::all_passes(const std::vector<at::Tensor>& losses, Rng& rng) {
  if (task_gradients_ == nullptr) {
    task_gradients_ = std::make_unique<TaskGradients>(model_.shared_layout(), model_.num_tasks(), gradient_.options());
  }
  for (int64_t t = 0; t < model_.num_tasks(); ++t) {
    std::vector<at::Tensor> parameters = shared_;
    std::vector<at::Tensor> places;
    for (size_t i = 0; i < shared_.size(); ++i) places.push_back(task_gradients_->place(t, static_cast<int64_t>(i)));
    append(parameters, own_[t]);
    append(places, own_gradients_[t]);
    write_gradients(losses[t], parameters, places, t + 1 < model_.num_tasks());
  }
  task_gradients_->changed();
  if (recorder_ != nullptr) recorder_->observe(*task_gradients_);
  Aggregation aggregation = aggregator_(*task_gradients_, rng, gradient_);
  const at::NoGradGuard no_grad;
  if (scale_ != 1.0) gradient_.mul_(scale_);
  return aggregation;
}

StepResult Step::operator()(const Batch& batch, double learning_rate, Rng& rng) {
  const auto losses = task_losses(batch);
  StepResult result;
  for (int64_t t = 0; t < model_.num_tasks(); ++t) {
    result.losses.push_back(losses[t].item<double>());
    if (!std::isfinite(result.losses.back())) {
      fail<StateError>("the loss of task \"{}\" is {}. Lower the learning rate or look at its data.",
                       model_.tasks()[t].name, result.losses.back());
    }
  }
  const auto constant = aggregator_.constant_weights(model_.num_tasks());
  const bool equal = constant && std::equal(constant->begin() + 1, constant->end(), constant->begin());
  if (equal && recorder_ == nullptr) {
    one_pass(losses, *constant);
    result.aggregation.weights = constant;
  } else {
    result.aggregation = all_passes(losses, rng);
  }
  optimizer_->step(learning_rate);
  return result;
}

}  // namespace reconcile
