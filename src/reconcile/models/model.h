#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/param_layout.h"
#include "reconcile/core/task.h"
#include "reconcile/nn/layers.h"

namespace reconcile {

/// A network for several tasks: layers that all tasks share until they are split, and one head for each task.
class MultiTaskModel {
 public:
  virtual ~MultiTaskModel() = default;

  /// Predictions of every task, [T]. `inputs` has the model's number of tasks.
  std::vector<at::Tensor> forward(const Streams& inputs);
  /// What the heads read.
  virtual Streams representation(const Streams& inputs) = 0;
  /// Predictions of every task, [T], from what the heads read.
  std::vector<at::Tensor> predict(const Streams& representation);

  [[nodiscard]] const TaskSet& tasks() const { return tasks_; }
  [[nodiscard]] int64_t num_tasks() const { return static_cast<int64_t>(tasks_.size()); }
  [[nodiscard]] std::vector<std::string> task_names() const;
  /// Splittable layers in definition order: the layers of rankings and plans.
  [[nodiscard]] const std::vector<std::unique_ptr<Layer>>& layers() const { return layers_; }
  /// Task-specific from the start, never ranked; head t serves task t.
  [[nodiscard]] const std::vector<std::unique_ptr<Layer>>& heads() const { return heads_; }
  /// The layer called `name`, or null.
  [[nodiscard]] Layer* layer(const std::string& name) const;

  /// Parameters that several tasks use (all tasks of a one-task model), in definition order.
  [[nodiscard]] ParamLayout shared_layout() const;
  /// The tensors of `shared_layout()`, in its order.
  [[nodiscard]] std::vector<at::Tensor> shared_parameters() const;
  /// Parameters that only task t uses: its copies of split layers, then its head.
  [[nodiscard]] std::vector<at::Tensor> task_parameters(int64_t t) const;
  /// Scalars in all copies and heads; running statistics not counted.
  [[nodiscard]] int64_t num_parameters() const;

  /// Every parameter and running statistic by its unique name; the tensors are the model's own.
  [[nodiscard]] NamedTensors state() const;
  /// Copies values in. StateError naming the first tensor that is missing, unexpected or of another shape.
  void load_state(const NamedTensors& state, const std::string& where);

  void set_training(bool training);
  /// While frozen, forward passes in training mode leave the running statistics alone.
  void set_frozen_statistics(bool frozen);
  /// The applications of one evaluation-mode forward pass of one sample, heads included, in the order in which they
  /// run.
  std::vector<LayerCall> trace(const std::vector<int64_t>& input_shape);

 protected:
  MultiTaskModel(TaskSet tasks, Rng rng) : tasks_(std::move(tasks)), rng_(rng) {}

  /// Declares a splittable layer; its initial values depend on the seed and its name only.
  template <class L, class... Args>
  L& add(std::string name, Args... args) {
    const Rng rng = rng_.fork(name);
    auto layer = std::make_unique<L>(std::move(name), num_tasks(), rng, args...);
    L& reference = *layer;
    layers_.push_back(std::move(layer));
    return reference;
  }
  /// Declares one linear head for each task on `features` numbers.
  void add_linear_heads(int64_t features);

 private:
  TaskSet tasks_;
  Rng rng_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<std::unique_ptr<Layer>> heads_;
};

/// What a model is built for.
struct ModelContext {
  TaskSet tasks;
  std::vector<int64_t> input_shape;  ///< [C, H, W]
  Rng rng{0};                        ///< initial values
};

/// Catalogue row of a model.
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
