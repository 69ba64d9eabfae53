#include "reconcile/models/model.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include "reconcile/backbones/recompute.h"
#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// Whether a copy belongs to the shared vector: several tasks use it, or there is only one task.
bool is_shared_group(const Partition& copies, int64_t group) {
  return copies.is_shared() || copies.tasks_of(group).size() > 1;
}

}  // namespace

Representation Representation::of(const Flow& flow, const Streams& inputs) {
  Representation result{{flow.x}, inputs.values().front().sizes().slice(2).vec()};
  if (flow.low) result.features.push_back(*flow.low);
  return result;
}

Representation Representation::of_tasks(const std::vector<Flow>& flows, const Streams& inputs) {
  const auto join = [&](auto value) {
    std::vector<at::Tensor> values;
    for (const auto& flow : flows) values.push_back(value(flow).of_task(0));
    return Streams(Partition::separate(static_cast<int64_t>(flows.size())), std::move(values));
  };
  Flow flow{join([](const Flow& f) -> const Streams& { return f.x; })};
  if (flows.front().low) flow.low = join([](const Flow& f) -> const Streams& { return *f.low; });
  return of(flow, inputs);
}

Flow flow_of_task(const Flow& flow, int64_t t) {
  Flow result{Streams::shared(flow.x.of_task(t), 1)};
  if (flow.low) result.low = Streams::shared(flow.low->of_task(t), 1);
  return result;
}

Flow mix(const Streams& weights, const std::vector<Flow>& columns) {
  std::vector<Streams> x;
  std::vector<Streams> low;
  for (const auto& column : columns) {
    x.push_back(column.x);
    if (column.low) low.push_back(*column.low);
  }
  Flow result{mix(weights, x)};
  if (!low.empty()) result.low = mix(weights, low);
  return result;
}

MultiTaskModel::MultiTaskModel(const ModelContext& context)
    : tasks_(context.tasks), rng_(context.rng), own_layers_(context.tasks.size()) {}

Backbone MultiTaskModel::add_backbone(const ModelContext& context, const LayerScope& scope) {
  const size_t first = scope.layers().size();
  Backbone backbone = context.backbone(scope, context.input_shape);
  backbone.around_piece = [this](const auto& piece, Flow& flow) { run_piece(piece, flow); };
  BackboneLayers& added = backbones_.emplace_back(BackboneLayers{scope.name(), {}});
  for (size_t i = first; i < scope.layers().size(); ++i) added.layers.push_back(scope.layers()[i].get());
  return backbone;
}

void MultiTaskModel::run_piece(const std::function<void(Flow&)>& piece, Flow& flow) {
  if (!recomputed_) return piece(flow);
  const auto freeze = [this](bool frozen) {
    const bool was_frozen = frozen_statistics_;
    set_frozen_statistics(frozen);
    return was_frozen;
  };
  apply_recomputed(piece, flow, {phase_, freeze});
}

void MultiTaskModel::add_heads(const Backbone& backbone, const ModelContext& context) {
  const std::string& dense = context.dense_head.empty() ? backbone.dense_head : context.dense_head;
  for (int64_t t = 0; t < num_tasks(); ++t) {
    const Task& task = tasks_[t];
    const LayerScope scope = own(t).in("heads").in(task.name);
    if (is_dense(task.kind) && !backbone.output().is_map) {
      fail<InvalidArgument>(
          "task \"{}\" has a prediction for each pixel, but the backbone ends in a vector. Use one that ends in a map: "
          "leave out `features` and `flatten`.",
          task.name);
    }
    if (context.rotation > backbone.output().channels) {
      fail<InvalidArgument>("heads.rotation = {}, but the heads read {} channels. Give at most so many.",
                            context.rotation, backbone.output().channels);
    }
    if (context.rotation > 0) {
      rotations_.push_back(&own(t).in("rotation").add<Rotation>(task.name, context.rotation));
    }
    heads_.push_back(context.head(is_dense(task.kind) ? dense : "linear",
                                  {.channels = backbone.output().channels,
                                   .low_channels = backbone.low ? backbone.low->channels : 0,
                                   .outputs = task.num_outputs},
                                  scope));
  }
}

std::vector<at::Tensor> MultiTaskModel::forward(const Streams& inputs) { return predict(represent(inputs)); }

std::vector<at::Tensor> MultiTaskModel::predict(const Representation& representation) {
  std::vector<at::Tensor> predictions;
  for (int64_t t = 0; t < num_tasks(); ++t) predictions.push_back(predict_one(t, representation));
  return predictions;
}

at::Tensor MultiTaskModel::predict_one(int64_t t, const Representation& representation) {
  const auto& features = representation.features;
  const at::Tensor& x = features[0].of_task(t);
  const at::Tensor low = features.size() > 1 ? features[1].of_task(t) : at::Tensor();
  return heads_[t]({rotations_.empty() ? x : (*rotations_[t])(x), low, representation.size}).contiguous();
}

at::Tensor MultiTaskModel::misalignment(const at::Tensor& rows, const Representation& representation) const {
  if (rotations_.empty()) return {};
  const auto shape = representation.features[0].of_task(0).sizes();
  const int64_t size = rotations_.front()->size();
  std::vector<at::Tensor> gradients;  // [T] of [B, size, ...]
  for (int64_t t = 0; t < num_tasks(); ++t) {
    const at::Tensor of_x = rows[t].narrow(0, 0, representation.features[0].of_task(0).numel());
    gradients.push_back(of_x.view(shape).narrow(1, 0, size));
  }
  const at::Tensor norm = at::stack(gradients).mean(0).norm();
  at::Tensor target = at::zeros_like(gradients.front());
  for (const auto& g : gradients) target += g * (norm / g.norm().clamp_min(1e-15)) / static_cast<double>(num_tasks());
  at::Tensor sum = at::zeros({}, rows.options());
  for (int64_t t = 0; t < num_tasks(); ++t) {
    const at::Tensor R = rotations_[t]->matrix();
    const at::Tensor own = rotate_channels(R.detach(), gradients[t]);
    sum = sum + (rotate_channels(R, target) - own).square().sum() / static_cast<double>(shape[0]);
  }
  return sum;
}

bool MultiTaskModel::is_rotation(const at::Tensor& parameter) const {
  return std::any_of(rotations_.begin(), rotations_.end(),
                     [&](const Rotation* rotation) { return rotation->copy(0)[0].is_same(parameter); });
}

void MultiTaskModel::begin_step(const Moment& moment, Rng noise) {
  phase_.set_moment(moment);
  phase_.noise = noise;
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
  for (const auto& layer : own_layers_[t]) {
    parameters.insert(parameters.end(), layer->copy(0).begin(), layer->copy(0).end());
  }
  return parameters;
}

int64_t MultiTaskModel::num_parameters() const {
  int64_t count = 0;
  for (const auto& layer : layers_) count += layer->num_parameters() * layer->copies().num_groups();
  for (const auto& of_task : own_layers_) {
    for (const auto& layer : of_task) count += layer->num_parameters();
  }
  return count;
}

NamedTensors MultiTaskModel::state() const {
  NamedTensors state;
  for (const auto& layer : layers_) layer->append_state(task_names(), state);
  for (const auto& of_task : own_layers_) {
    for (const auto& layer : of_task) layer->append_state({}, state);
  }
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

void MultiTaskModel::for_each_layer(const std::function<void(Layer&)>& f) {
  for (const auto& layer : layers_) f(*layer);
  for (const auto& of_task : own_layers_) {
    for (const auto& layer : of_task) f(*layer);
  }
}

void MultiTaskModel::set_training(bool training) {
  phase_.training = training;
  for_each_layer([=](Layer& layer) { layer.set_training(training); });
}

void MultiTaskModel::move_to(const at::Device& device) {
  device_ = device;
  for_each_layer([&](Layer& layer) { layer.move_to(device); });
}

void MultiTaskModel::set_arithmetic(const Arithmetic& arithmetic) {
  for_each_layer([&](Layer& layer) { layer.set_arithmetic(arithmetic); });
}

void MultiTaskModel::set_frozen_statistics(bool frozen) {
  frozen_statistics_ = frozen;
  for_each_layer([=](Layer& layer) { layer.set_frozen_statistics(frozen); });
}

void MultiTaskModel::set_joined_streams(bool joined) {
  for_each_layer([=](Layer& layer) { layer.set_joined_streams(joined); });
}

std::vector<LayerCall> MultiTaskModel::trace(const std::vector<int64_t>& input_shape) {
  std::vector<int64_t> shape{1};
  shape.insert(shape.end(), input_shape.begin(), input_shape.end());
  const at::NoGradGuard no_grad;
  trace_.calls.clear();
  set_training(false);
  for_each_layer([this](Layer& layer) { layer.set_trace(&trace_); });
  forward(Streams::shared(at::zeros(shape), num_tasks()));
  for_each_layer([](Layer& layer) { layer.set_trace(nullptr); });
  set_training(true);
  return trace_.calls;
}

}  // namespace reconcile
