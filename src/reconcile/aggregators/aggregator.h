#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/base/rng.h"
#include "reconcile/core/reduction.h"
#include "reconcile/core/safetensors.h"
#include "reconcile/core/task_gradients.h"

namespace reconcile {

/// What happened besides the direction.
struct Aggregation {
  std::optional<std::vector<double>> weights;  ///< [T], direction = sum of weights[t] * row t; absent if it is none
  std::map<std::string, double> diagnostics;   ///< numbers such as "residual", "objective", "iterations"
  std::string fallback;                        ///< the documented fallback taken, or ""
};

/// The report of a method whose direction is the sum of weights(t) * row t.
Aggregation weighted(const Eigen::VectorXd& weights, std::map<std::string, double> diagnostics = {},
                     std::string fallback = "");

/// Task gradients -> one direction for the shared parameters. Small T x T problems are solved in double on the CPU.
class Aggregator {
 public:
  virtual ~Aggregator() = default;

  /// Writes the direction into `gradient` [P]. Random methods draw from `rng` only.
  virtual Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) = 0;

  /// Weights [T] that never depend on the gradients, if so: then one backward pass of the weighted loss is enough.
  [[nodiscard]] virtual std::optional<std::vector<double>> constant_weights(int64_t /*num_tasks*/) const {
    return std::nullopt;
  }

  /// What T identical rows give; the entry that makes an aggregator sets what it declares.
  [[nodiscard]] Reduction reduction() const { return reduction_; }
  void set_reduction(Reduction reduction) { reduction_ = reduction; }

  /// Whether every result has weights. Without them a direction cannot be reused or sent through the representation of
  /// a split network.
  [[nodiscard]] virtual bool gives_weights() const { return true; }

  /// Whether a step may bring fewer tasks, with the entries of its memory that are theirs; not where an option has a
  /// number for each task.
  [[nodiscard]] virtual bool takes_fewer_tasks() const { return true; }

  /// Batches, drawn independently, that one step needs. The rows of the first are the task gradients, those of the
  /// others stand in `TaskGradients::independent`.
  [[nodiscard]] virtual int64_t batches_per_step() const { return 1; }

  /// What a checkpoint keeps; empty for methods without memory.
  [[nodiscard]] virtual NamedTensors state() const { return {}; }
  /// Restores what `state()` gave. StateError if it does not fit.
  virtual void load_state(const NamedTensors& state);

 private:
  Reduction reduction_ = Reduction::kMean;
};

/// An aggregator whose weights are a function of the Gramian alone; the direction is always sum of weights[t] * row t.
class GramianAggregator : public Aggregator {
 public:
  /// NotFinite naming the tasks whose gradients are not finite.
  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) final;

  /// `gramian` [T, T], positive semi-definite and finite. Squared norms up to `noise` (gramian_noise of the rows'
  /// type), relative to the rows they are sums of, are as good as zero. The result must have weights.
  virtual Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& rng) = 0;

 protected:
  /// As `weigh`, for methods that also look at other numbers of the step, such as the losses.
  virtual Aggregation weigh_step(const TaskGradients& gradients, const Eigen::MatrixXd& gramian, double noise,
                                 Rng& rng);
};

/// An aggregator whose weights are its constant weights: adds the rows with them.
class ConstantAggregator : public Aggregator {
 public:
  /// NotFinite naming the tasks whose gradients are not finite.
  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) final;
};

/// NotFinite naming the tasks whose gradients are not finite, or too large to be squared in their type.
void require_finite(const Eigen::MatrixXd& gramian);

/// Laws that an entry may claim; the contract tests hold it to them, and look for a counter-example where it does not.
enum Law : unsigned {
  kPermutation = 1,  ///< reordering the tasks changes nothing, with the same random numbers
  kHomogeneous = 2,  ///< A(s G) = s A(G) for s > 0
  kNonConflict = 4,  ///< <g_t, A(G)> >= 0 for every task
};

/// Makes the aggregator that a spec such as `cagrad(c=0.4)` asks for: what a method that wraps another is given.
using AggregatorFactory = std::function<std::unique_ptr<Aggregator>(const std::string& spec)>;

/// Catalogue row of an aggregator.
struct AggregatorEntry : Entry<std::unique_ptr<Aggregator>, const AggregatorFactory&> {
  Reduction reduction = Reduction::kMean;
  unsigned laws = 0;
  bool is_random = false;  ///< draws from the rng
};

/// The entry of a method class M with `M::Options` and a constructor from them, or from them and an AggregatorFactory.
template <class M>
AggregatorEntry aggregator_entry(EntryInfo info, Reduction reduction, unsigned laws,
                                 OptionTable<typename M::Options> table, bool is_random = false) {
  AggregatorEntry entry;
  entry.info = std::move(info);
  entry.options = table.describe();
  entry.make = [table, reduction](const Json& given, const Where& where, const AggregatorFactory& factory) {
    std::unique_ptr<Aggregator> made;
    if constexpr (std::is_constructible_v<M, typename M::Options, const AggregatorFactory&>) {
      made = std::make_unique<M>(table.parse(given, where), factory);
    } else {
      made = std::make_unique<M>(table.parse(given, where));
    }
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
