#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/base/rng.h"
#include "reconcile/core/safetensors.h"
#include "reconcile/core/task_gradients.h"

namespace reconcile {

/// What an aggregator does with T identical rows g: `kMean` gives (a factor the method states) times g, `kSum` T times
/// that. The training step multiplies `kMean` results by T, so that one learning rate fits all methods.
enum class Reduction { kMean, kSum };

/// What happened besides the direction.
struct Aggregation {
  std::optional<std::vector<double>> weights;  ///< [T], direction = sum of weights[t] * row t; absent if it is none
  std::map<std::string, double> diagnostics;   ///< numbers such as "residual", "objective", "iterations"
  std::string fallback;                        ///< the documented fallback taken, or ""
};

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

  /// What a checkpoint keeps; empty for methods without memory.
  [[nodiscard]] virtual NamedTensors state() const { return {}; }
  /// Restores what `state()` gave. StateError if it does not fit.
  virtual void load_state(const NamedTensors& state);
};

/// An aggregator whose weights are a function of the Gramian alone; the direction is always sum of weights[t] * row t.
class GramianAggregator : public Aggregator {
 public:
  /// StateError naming the tasks whose gradients are not finite.
  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) final;

  /// `gramian` [T, T], positive semi-definite and finite. Squared norms up to `noise` (gramian_noise of the rows'
  /// type), relative to the rows they are sums of, are as good as zero. The result must have weights.
  virtual Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& rng) = 0;
};

/// StateError naming the tasks whose gradients are not finite, or too large to be squared in their type.
void require_finite(const Eigen::MatrixXd& gramian);

/// Laws that an entry may claim; the contract tests hold it to them, and look for a counter-example where it does not.
enum Law : unsigned {
  kPermutation = 1,  ///< reordering the tasks changes nothing, with the same random numbers
  kHomogeneous = 2,  ///< A(s G) = s A(G) for s > 0
  kNonConflict = 4,  ///< <g_t, A(G)> >= 0 for every task
};

/// Catalogue row of an aggregator.
struct AggregatorEntry : Entry<std::unique_ptr<Aggregator>> {
  Reduction reduction = Reduction::kMean;
  unsigned laws = 0;
  bool is_random = false;  ///< draws from the rng
};

/// The entry of a method class M with `M::Options` and a constructor from them.
template <class M>
AggregatorEntry aggregator_entry(EntryInfo info, Reduction reduction, unsigned laws,
                                 OptionTable<typename M::Options> table, bool is_random = false) {
  AggregatorEntry entry;
  entry.info = std::move(info);
  entry.options = table.describe();
  entry.make = [table](const Json& given, const Where& where) -> std::unique_ptr<Aggregator> {
    return std::make_unique<M>(table.parse(given, where));
  };
  entry.resolve = [table](const Json& given, const Where& where) { return table.values(table.parse(given, where)); };
  entry.reduction = reduction;
  entry.laws = laws;
  entry.is_random = is_random;
  return entry;
}

/// For methods without options.
struct NoOptions {};

}  // namespace reconcile
