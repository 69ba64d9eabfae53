#include "reconcile/models/model.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// Whether a copy belongs to the shared vector: several tasks use it, or there is only one task.
bool is_shared_group(const Partition& copies, int64_t group) {
  return copies.is_shared() || copies.tasks_of(group).size() > 1;
}

}  // namespace

std::vector<at::Tensor> MultiTaskModel::forward(const Streams& inputs) { return predict(representation(inputs)); }

std::vector<at::Tensor> MultiTaskModel::predict(const Streams& representation) {
  std::vector<at::Tensor> predictions;
  for (int64_t t = 0; t < num_tasks(); ++t) predictions.push_back((*heads_[t])(representation.of_task(t), 0));
  return predictions;
}

void MultiTaskModel::add_linear_heads(int64_t features) {
  for (const auto& task : tasks_) {
    const std::string name = "heads." + task.name;
    heads_.push_back(std::make_unique<Linear>(name, 1, rng_.fork(name), features, task.num_outputs));
  }
}

std::vector<std::string> MultiTaskModel::task_names() const {
  std::vector<std::string> names;
  for (const auto& task : tasks_) names.push_back(task.name);
  return names;
}

Layer* MultiTaskModel::layer(const std::string& name) const {
  for (const auto& layer : layers_) {
    if (layer->name() == name) return layer.get();
  }
  return nullptr;
}

ParamLayout MultiTaskModel::shared_layout() const {
  ParamLayout layout;
  for (const auto& layer : layers_) {
    for (int64_t g = 0; g < layer->copies().num_groups(); ++g) {
      if (!is_shared_group(layer->copies(), g)) continue;
      const std::string name = layer->is_shared() ? layer->name() : fmt::format("{}#{}", layer->name(), g);
      layout.add_layer(name);
      const auto names = layer->parameter_names();
      for (size_t i = 0; i < names.size(); ++i) {
        layout.add_parameter(name + "." + names[i], layer->copy(g)[i].numel());
      }
    }
  }
  return layout;
}

std::vector<at::Tensor> MultiTaskModel::shared_parameters() const {
  std::vector<at::Tensor> parameters;
  for (const auto& layer : layers_) {
    for (int64_t g = 0; g < layer->copies().num_groups(); ++g) {
      if (!is_shared_group(layer->copies(), g)) continue;
      parameters.insert(parameters.end(), layer->copy(g).begin(), layer->copy(g).end());
    }
  }
  return parameters;
}

std::vector<at::Tensor> MultiTaskModel::task_parameters(int64_t t) const {
  std::vector<at::Tensor> parameters;
  for (const auto& layer : layers_) {
    const int64_t g = layer->copies()[t];
    if (is_shared_group(layer->copies(), g)) continue;
    parameters.insert(parameters.end(), layer->copy(g).begin(), layer->copy(g).end());
  }
  const auto& head = heads_[t]->copy(0);
  parameters.insert(parameters.end(), head.begin(), head.end());
  return parameters;
}

int64_t MultiTaskModel::num_parameters() const {
  int64_t count = 0;
  for (const auto& layer : layers_) count += layer->num_parameters() * layer->copies().num_groups();
  for (const auto& head : heads_) count += head->num_parameters();
  return count;
}

NamedTensors MultiTaskModel::state() const {
  NamedTensors state;
  for (const auto& layer : layers_) layer->append_state(task_names(), state);
  for (const auto& head : heads_) head->append_state(task_names(), state);
  return state;
}

void MultiTaskModel::load_state(const NamedTensors& stored, const std::string& where) {
  const NamedTensors own = state();
  for (size_t i = 0; i < std::max(own.size(), stored.size()); ++i) {
    const std::string mine = i < own.size() ? own[i].first : "nothing";
    const std::string theirs = i < stored.size() ? stored[i].first : "nothing";
    if (mine != theirs) {
      fail<StateError>("{}: tensor {} is \"{}\", this model has \"{}\" there. Use the model and plan it was made with.",
                       where, i, theirs, mine);
    }
    if (own[i].second.sizes() != stored[i].second.sizes()) {
      fail<StateError>("{}: \"{}\" has shape [{}], this model needs [{}].", where, mine,
                       fmt::join(stored[i].second.sizes(), ", "), fmt::join(own[i].second.sizes(), ", "));
    }
  }
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < own.size(); ++i) at::Tensor(own[i].second).copy_(stored[i].second);
}

void MultiTaskModel::set_training(bool training) {
  for (const auto& layer : layers_) layer->set_training(training);
  for (const auto& head : heads_) head->set_training(training);
}

void MultiTaskModel::set_frozen_statistics(bool frozen) {
  for (const auto& layer : layers_) layer->set_frozen_statistics(frozen);
  for (const auto& head : heads_) head->set_frozen_statistics(frozen);
}

std::vector<LayerCall> MultiTaskModel::trace(const std::vector<int64_t>& input_shape) {
  std::vector<int64_t> shape{1};
  shape.insert(shape.end(), input_shape.begin(), input_shape.end());
  std::vector<LayerCall> calls;
  const auto set = [this](std::vector<LayerCall>* trace, bool training) {
    set_training(training);
    for (const auto& layer : layers_) layer->set_trace(trace);
    for (const auto& head : heads_) head->set_trace(trace);
  };
  const at::NoGradGuard no_grad;
  set(&calls, false);
  forward(Streams::shared(at::zeros(shape), num_tasks()));
  set(nullptr, true);
  return calls;
}

}  // namespace reconcile
