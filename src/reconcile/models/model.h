#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconcile/backbones/backbone.h"
#include "reconcile/core/param_layout.h"
#include "reconcile/core/task.h"
#include "reconcile/heads/head.h"
#include "reconcile/nn/rotation.h"

namespace reconcile {

/// What a model is built from.
struct ModelContext {
  TaskSet tasks;
  std::vector<int64_t> input_shape;  ///< [C, H, W]
  Rng rng{0};                        ///< initial values
  std::function<Backbone(const LayerScope&, const std::vector<int64_t>& input_shape)> backbone;
  std::string dense_head;  ///< of dense tasks; "" = the one that suits the backbone
  std::function<Head(const std::string& name, const HeadShape&, const LayerScope&)> head;
  int64_t rotation = 0;  ///< channels that each task rotates before its head reads them; 0 = none
};

/// What the heads read: one tensor for each stream, or two where the heads read an early map too.
struct Representation {
  std::vector<Streams> features;
  std::vector<int64_t> size;  ///< height and width of the network's input

  /// What a backbone gives for these inputs.
  static Representation of(const Flow& flow, const Streams& inputs);
  /// Task t reads flows[t], which is of one task.
  static Representation of_tasks(const std::vector<Flow>& flows, const Streams& inputs);
};

/// The layers of one backbone of a network, and the scope that stands before their names: "", or "experts.0".
struct BackboneLayers {
  std::string scope;
  std::vector<Layer*> layers;
};

/// Task t's part of a flow, as the flow of one task.
Flow flow_of_task(const Flow& flow, int64_t t);
/// The mixture of what several columns give; pools are not mixed and get lost.
Flow mix(const Streams& weights, const std::vector<Flow>& columns);

/// A network for several tasks: layers that all tasks share until they are split, and layers that each task has for
/// itself, its head among them.
class MultiTaskModel {
 public:
  virtual ~MultiTaskModel() = default;
  MultiTaskModel(const MultiTaskModel&) = delete;
  MultiTaskModel& operator=(const MultiTaskModel&) = delete;

  /// Predictions of every task, [T]. `inputs` has the model's number of tasks.
  std::vector<at::Tensor> forward(const Streams& inputs);
  /// What the heads read.
  virtual Representation represent(const Streams& inputs) = 0;
  /// Predictions of every task, [T], from what the heads read.
  std::vector<at::Tensor> predict(const Representation& representation);
  /// A scalar that is minimised besides the losses, or undefined. Its gradient is added to that of the parameters,
  /// whatever the method; it is evaluated apart from `forward`.
  virtual at::Tensor penalty(const Streams& /*inputs*/) { return {}; }

  /// How far the rotations are from aligning the tasks' gradients `rows` [T, ...] of the representation; undefined
  /// without rotations. Its gradient reaches the rotations only. With r_k = R_k g_k and v the mean of all g_k brought
  /// to the norm of their mean: sum over k of mean over the batch of |R_k v - r_k|^2. Paper: as Rotation, section 3.2.
  [[nodiscard]] at::Tensor misalignment(const at::Tensor& rows, const Representation& representation) const;
  /// Whether a tensor is the parameter of a rotation.
  [[nodiscard]] bool is_rotation(const at::Tensor& parameter) const;

  /// Before each training step: where the run stands, and random numbers for that step alone.
  void begin_step(const Moment& moment, Rng noise);
  /// Whether forward passes asked for either since then, so that those of two steps may differ.
  [[nodiscard]] bool varies() const { return phase_.varies(); }

  [[nodiscard]] const TaskSet& tasks() const { return tasks_; }
  [[nodiscard]] int64_t num_tasks() const { return static_cast<int64_t>(tasks_.size()); }
  [[nodiscard]] std::vector<std::string> task_names() const;
  /// Splittable layers in definition order: the layers of rankings and plans.
  [[nodiscard]] const LayerScope::Layers& layers() const { return layers_; }
  /// Layers of task t alone, never ranked; each is for one task.
  [[nodiscard]] const LayerScope::Layers& own_layers(int64_t t) const { return own_layers_[t]; }
  /// The backbones it is made of, in definition order.
  [[nodiscard]] const std::vector<BackboneLayers>& backbones() const { return backbones_; }
  /// The layer called `name`, or null.
  [[nodiscard]] Layer* layer(const std::string& name) const;

  /// Parameters that several tasks use (all tasks of a one-task model), in definition order.
  [[nodiscard]] ParamLayout shared_layout() const;
  /// The tensors of `shared_layout()`, in its order.
  [[nodiscard]] std::vector<at::Tensor> shared_parameters() const;
  /// Parameters that only task t uses: its copies of split layers, then its own layers.
  [[nodiscard]] std::vector<at::Tensor> task_parameters(int64_t t) const;
  /// Scalars in all copies and own layers; running statistics not counted.
  [[nodiscard]] int64_t num_parameters() const;

  /// Every parameter and running statistic by its unique name; the tensors are the model's own.
  [[nodiscard]] NamedTensors state() const;
  /// Copies values in. StateError naming the first tensor that is missing, unexpected or of another shape.
  void load_state(const NamedTensors& state, const std::string& where);

  void set_training(bool training);
  /// Moves every parameter and running statistic. To be called before anybody holds them.
  void move_to(const at::Device& device);
  /// Where they are.
  [[nodiscard]] at::Device device() const { return device_; }
  /// How its layers compute from now on.
  void set_arithmetic(const Arithmetic& arithmetic);
  /// While frozen, forward passes in training mode leave the running statistics alone.
  void set_frozen_statistics(bool frozen);
  /// See Layer::set_joined_streams.
  void set_joined_streams(bool joined);
  /// While set, training passes keep only the inputs of the backbones' pieces and compute the rest again in every
  /// backward pass: less memory, more time, the same numbers.
  void set_recomputed(bool recomputed) { recomputed_ = recomputed; }
  /// The applications of one evaluation-mode forward pass of one sample, heads included, in the order in which they
  /// run.
  std::vector<LayerCall> trace(const std::vector<int64_t>& input_shape);

 protected:
  explicit MultiTaskModel(const ModelContext& context);

  /// Where layers that all tasks share are declared.
  [[nodiscard]] LayerScope shared() { return {layers_, phase_, num_tasks(), rng_}; }
  /// Where layers of task t alone are declared.
  [[nodiscard]] LayerScope own(int64_t t) { return {own_layers_[t], phase_, 1, rng_}; }
  /// Builds a backbone whose layers stand in `scope`.
  Backbone add_backbone(const ModelContext& context, const LayerScope& scope);
  /// Declares a head for each task that reads the backbone's features.
  void add_heads(const Backbone& backbone, const ModelContext& context);
  /// Task t's prediction from what its head reads.
  at::Tensor predict_one(int64_t t, const Representation& representation);
  [[nodiscard]] Phase& phase() { return phase_; }

 private:
  void for_each_layer(const std::function<void(Layer&)>& f);
  void run_piece(const std::function<void(Flow&)>& piece, Flow& flow);

  TaskSet tasks_;
  Rng rng_;
  Phase phase_;
  bool recomputed_ = false;
  bool frozen_statistics_ = false;
  at::Device device_ = at::kCPU;
  LayerTrace trace_;  ///< kept, so that a second trace computes little
  LayerScope::Layers layers_;
  std::vector<LayerScope::Layers> own_layers_;
  std::vector<BackboneLayers> backbones_;
  std::vector<Head> heads_;
  std::vector<Rotation*> rotations_;  ///< [T], or none
};

/// While it lives, streams through shared layers may go as one batch; see Layer::set_joined_streams.
class JoinedStreams {
 public:
  explicit JoinedStreams(MultiTaskModel& model) : model_(model) { model_.set_joined_streams(true); }
  ~JoinedStreams() { model_.set_joined_streams(false); }
  JoinedStreams(const JoinedStreams&) = delete;
  JoinedStreams& operator=(const JoinedStreams&) = delete;

 private:
  MultiTaskModel& model_;
};

/// Catalogue row of an architecture.
using ModelEntry = Entry<std::unique_ptr<MultiTaskModel>, const ModelContext&>;

/// The entry of a model class M with `M::Options` and a constructor from options and context.
template <class M>
ModelEntry model_entry(EntryInfo info, OptionTable<typename M::Options> table) {
  ModelEntry entry;
  entry.info = std::move(info);
  entry.options = table.describe();
  entry.make = [table](const Json& given, const Where& where, const ModelContext& context) {
    return std::unique_ptr<MultiTaskModel>(std::make_unique<M>(table.parse(given, where), context));
  };
  entry.resolve = [table](const Json& given, const Where& where) { return table.values(table.parse(given, where)); };
  return entry;
}

}  // namespace reconcile
