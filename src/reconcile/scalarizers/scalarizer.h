#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/base/rng.h"
#include "reconcile/core/moment.h"
#include "reconcile/core/reduction.h"
#include "reconcile/core/safetensors.h"

namespace reconcile {

/// The one number that is minimised.
struct Scalarization {
  double value = 0;
  std::vector<double> weights;  ///< [T], its derivatives with respect to the losses: the true task weights
};

/// Sum of weights[t] * losses[t], with the weights as constants.
Scalarization weighted_sum(const std::vector<double>& losses, std::vector<double> weights);

/// What a method that looks ahead may try out on the network before a step; the network stays as it is. A `shift` [N]
/// is added to the N parameters, shared and task-specific, for the one call; undefined means none.
class Probe {
 public:
  virtual ~Probe() = default;
  /// Losses [T] on a batch of the step.
  virtual std::vector<double> losses(int64_t batch, const at::Tensor& shift) = 0;
  /// Gradient [N] of the sum of weights[t] * loss t.
  virtual at::Tensor gradient(int64_t batch, const std::vector<double>& weights, const at::Tensor& shift) = 0;
  /// Gradient of every loss, [T, N].
  virtual at::Tensor rows(int64_t batch, const at::Tensor& shift) = 0;
};

/// Task losses -> one scalar, in double. The weights are its exact derivatives, so weighting the task gradients by them
/// is back-propagating the scalar. What a method takes for constants of the step (its memory, or what its page says) is
/// not differentiated.
class Scalarizer {
 public:
  virtual ~Scalarizer() = default;

  /// `losses` [T] are finite. Advances the method's memory by one step: it is called once a step. Random methods draw
  /// from `rng` only. StateError if a loss lies outside the method's domain (a logarithm of a negative loss, say).
  virtual Scalarization operator()(const std::vector<double>& losses, const Moment& moment, Rng& rng) = 0;

  /// What T equal tasks give; the entry that makes a scalarizer sets what it declares.
  [[nodiscard]] Reduction reduction() const { return reduction_; }
  void set_reduction(Reduction reduction) { reduction_ = reduction; }

  /// Weights [T] that never depend on losses or moment, if so: they are known before the forward pass.
  [[nodiscard]] virtual std::optional<std::vector<double>> constant_weights() const { return std::nullopt; }

  /// Parameters of the method's own, float64, moved by the network's optimiser (without weight decay); the tensors are
  /// the method's, and part of its checkpoint.
  [[nodiscard]] virtual NamedTensors parameters() const { return {}; }
  /// Where operator() leaves the derivatives of the value with respect to `parameters()`, in their order.
  [[nodiscard]] virtual std::vector<at::Tensor> parameter_gradients() const { return {}; }

  /// Batches, drawn independently, that one step needs; the network is trained on the first.
  [[nodiscard]] virtual int64_t batches_per_step() const { return 1; }
  /// Lets the method try out what a step would do, before operator() is called for that step. If it returns a gradient
  /// [N], the step takes that one and leaves the aggregator out.
  virtual at::Tensor look_ahead(Probe& /*probe*/, double /*learning_rate*/) { return {}; }

  /// Whether `after_step` wants the losses [T] of the same batch after the parameters have moved.
  [[nodiscard]] virtual bool wants_losses_after_step() const { return false; }
  virtual void after_step(const std::vector<double>& /*losses*/) {}

  /// Told after every evaluation on the validation split how well each task does, [T]: the geometric mean of its
  /// criteria, each turned so that higher is better.
  virtual void after_validation(const std::vector<double>& /*achievements*/) {}

  /// What a checkpoint keeps, `parameters()` included; the tensors are the method's own.
  [[nodiscard]] virtual NamedTensors state() const { return parameters(); }
  /// Copies values into `state()`. StateError if a name or shape differs.
  void load_state(const NamedTensors& state);

 private:
  Reduction reduction_ = Reduction::kMean;
};

/// Laws that a scalarizer's entry may claim for its default options, over whole runs with epochs, validations and
/// moving parameters; the contract tests hold it to them, and look for a counter-example where it does not.
enum ScalarizerLaw : unsigned {
  kEquivariant = 1,   ///< reordering the losses reorders the weights, with equal options for all tasks
  kScaleKeeping = 2,  ///< the weights of s * losses are those of the losses, s > 0, if all losses of the run are scaled
  kMonotone = 4,      ///< no weight is negative
  kUnitSum = 8,       ///< the weights add up to 1
  kDerivative = 16,   ///< the weights are the derivatives of the value with only the memory held fixed
};

/// Catalogue row of a scalarizer; the context is the number of tasks.
struct ScalarizerEntry : Entry<std::unique_ptr<Scalarizer>, int64_t> {
  Reduction reduction = Reduction::kMean;
  unsigned laws = 0;
  bool is_random = false;  ///< draws from the rng
};

/// The entry of a method class M with `M::Options` and a constructor from them and the number of tasks.
template <class M>
ScalarizerEntry scalarizer_entry(EntryInfo info, Reduction reduction, unsigned laws,
                                 OptionTable<typename M::Options> table, bool is_random = false) {
  ScalarizerEntry entry;
  entry.info = std::move(info);
  entry.options = table.describe();
  entry.make = [table, reduction](const Json& given, const Where& where, int64_t num_tasks) {
    std::unique_ptr<Scalarizer> made = std::make_unique<M>(table.parse(given, where), num_tasks);
    made->set_reduction(reduction);
    return made;
  };
  entry.resolve = [table](const Json& given, const Where& where) { return table.values(table.parse(given, where)); };
  entry.reduction = reduction;
  entry.laws = laws;
  entry.is_random = is_random;
  return entry;
}

}  // namespace reconcile
