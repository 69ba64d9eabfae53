#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reconcile/base/rng.h"
#include "reconcile/core/safetensors.h"
#include "reconcile/core/streams.h"
#include "reconcile/kernels/arithmetic.h"

namespace reconcile {

class Layer;

/// One application of a layer, as a trace sees it. Costs are for one sample and all its evaluations.
struct LayerCall {
  const Layer* layer = nullptr;
  Partition streams;        ///< of the output; its number of groups is the number of evaluations
  int64_t macs = 0;         ///< multiply-accumulates
  int64_t activations = 0;  ///< output elements
};

/// The applications of all layers in one or more forward passes whose values nobody reads. A layer's output size
/// depends on its input's alone, so what was seen once is not computed again: zeros of that size stand for it.
struct LayerTrace {
  std::vector<LayerCall> calls;
  std::map<std::pair<const Layer*, std::vector<int64_t>>, std::vector<int64_t>> sizes;  ///< input -> output
};

/// How the copies of a split layer start: all with the shared values, or each drawn anew.
enum class CopyInit { kEqual, kFresh };

/// A module that directly owns parameters: the unit of conflict scores and of splitting. It holds one copy of its
/// parameters for each group of tasks; a shared layer has one group. Stream t always uses the copy of task t's group,
/// and each distinct (copy, input) pair is computed once, so a split layer forks a shared stream and a shared layer
/// serves every stream.
class Layer {
 public:
  /// Parameters that belong together, e.g. weight and bias; requires_grad.
  using Copy = std::vector<at::Tensor>;

  Layer(std::string name, int64_t num_tasks);
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  /// Applies the copies to the streams.
  Streams operator()(const Streams& x);
  /// Applies the first task's copy to one tensor; for layers that one task has for itself.
  at::Tensor operator()(const at::Tensor& x);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Partition& copies() const { return copies_; }
  [[nodiscard]] bool is_shared() const { return copies_.is_shared(); }
  /// Scalars in one copy.
  [[nodiscard]] int64_t num_parameters() const;

  /// "weight", "bias" ... in the order of a Copy.
  [[nodiscard]] virtual std::vector<std::string> parameter_names() const = 0;
  /// The parameters of one copy.
  [[nodiscard]] const Copy& copy(int64_t group) const { return parameters_[group]; }

  /// Turns the one shared copy into one for each group. StateError if the layer is split already.
  void split(const Partition& groups, CopyInit init, Rng rng);
  /// Undoes a split: one copy again, with the values of the first group.
  void share();

  /// Running statistics: one set for each group of `streams`, where tasks of one group must use the same copy.
  /// By default there is one set a copy, updated by each of its streams in task order (as in Recon's code).
  void use_stream_statistics(const Partition& streams);
  /// Whether the layer keeps running statistics (batch norm).
  [[nodiscard]] bool has_statistics() const { return !statistics_.front().empty(); }

  /// Appends parameters and statistics with unique names: `conv1.weight`, or `conv1[T1].weight` behind a split.
  void append_state(const std::vector<std::string>& task_names, NamedTensors& state) const;
  /// The same under plain names: every copy of a split layer is a `conv1.weight`.
  void append_state(NamedTensors& state) const;

  /// Training mode: batch statistics are used and remembered. Evaluation uses the remembered ones.
  void set_training(bool training) { training_ = training; }
  /// While frozen, training mode uses batch statistics and does not remember them.
  void set_frozen_statistics(bool frozen) { frozen_statistics_ = frozen; }
  /// Moves parameters and statistics; tensors that were handed out before are no longer the layer's.
  void move_to(const at::Device& device);
  /// How it computes from now on.
  void set_arithmetic(const Arithmetic& arithmetic) { arithmetic_ = arithmetic; }
  /// While set, several streams through one copy go as one batch where that is faster: convolutions and linear layers
  /// with little work a stream. Not for backward passes of single streams, which would walk through all of them.
  void set_joined_streams(bool joined) { joined_streams_ = joined; }
  /// While set, every application is appended to `trace->calls`. Null stops it.
  void set_trace(LayerTrace* trace) { trace_ = trace; }

 protected:
  /// y for one copy and one tensor; `statistics` may be updated in training mode.
  virtual at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) = 0;
  /// Whether `apply` works on each sample of a batch by itself, and gains from larger batches.
  [[nodiscard]] virtual bool gains_from_batches() const { return false; }
  /// A copy with initial values drawn from `rng`.
  [[nodiscard]] virtual Copy make_copy(Rng rng) const = 0;
  /// A set of running statistics at their initial values.
  [[nodiscard]] virtual Copy make_statistics() const { return {}; }
  [[nodiscard]] virtual std::vector<std::string> statistics_names() const { return {}; }
  /// Multiply-accumulates of one sample.
  [[nodiscard]] virtual int64_t macs(const at::Tensor& y) const = 0;

  /// Draws the first, shared copy. To be called by the constructor of each kind of layer.
  void initialise(Rng rng);
  /// The running statistics of one set.
  [[nodiscard]] const Copy& statistics(int64_t group) const { return statistics_[group]; }
  [[nodiscard]] bool is_training() const { return training_; }
  [[nodiscard]] bool has_frozen_statistics() const { return frozen_statistics_; }
  [[nodiscard]] const Arithmetic& arithmetic() const { return arithmetic_; }

  /// y for the first task of a stream.
  using Evaluation =
      std::function<at::Tensor(const Copy& copy, const Copy& statistics, int64_t task, const at::Tensor& x)>;
  /// Evaluates each distinct (copy, input) pair once.
  Streams for_each_stream(const Streams& x, const Evaluation& evaluation);
  /// The first task's copy, for one tensor.
  at::Tensor for_one(const at::Tensor& x, const Evaluation& evaluation);

 private:
  /// `owner(partition, group)` is what stands in front of the parameter's name.
  template <class Owner>
  void append_named(Owner owner, NamedTensors& state) const;
  at::Tensor evaluate(int64_t task, const at::Tensor& x, const Evaluation& evaluation);
  [[nodiscard]] bool can_join(const std::vector<at::Tensor>& streams) const;

  std::string name_;
  Partition copies_;
  Partition statistics_of_;
  std::vector<Copy> parameters_;
  std::vector<Copy> statistics_;
  bool training_ = true;
  bool frozen_statistics_ = false;
  Arithmetic arithmetic_;
  bool joined_streams_ = false;
  LayerTrace* trace_ = nullptr;
};

}  // namespace reconcile
