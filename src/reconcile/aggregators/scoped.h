#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {

/// What an aggregator sees at once: one layer, or one stage (consecutive layers whose names agree up to the first dot).
enum class Scope { kLayer, kStage };

/// The blocks of a layout that a scope makes: the name of the layer or stage, and its layers [begin, end).
std::vector<ParamLayout::Range> blocks_of(const ParamLayout& layout, Scope scope);

/// Applies an aggregator of its own to every block of the shared vector, each with its own memory. It has no task
/// weights: they differ from block to block.
class ScopedAggregator final : public Aggregator {
 public:
  /// `make` makes the aggregator of one block.
  ScopedAggregator(Scope scope, std::function<std::unique_ptr<Aggregator>()> make);

  /// Sums the numeric diagnostics over the blocks, and names every fallback that one of them took.
  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) override;
  [[nodiscard]] bool gives_weights() const override { return false; }
  [[nodiscard]] bool takes_fewer_tasks() const override { return make_()->takes_fewer_tasks(); }
  [[nodiscard]] int64_t batches_per_step() const override { return make_()->batches_per_step(); }
  [[nodiscard]] NamedTensors state() const override;
  void load_state(const NamedTensors& state) override;

 private:
  Scope scope_;
  std::function<std::unique_ptr<Aggregator>()> make_;
  std::vector<std::unique_ptr<Aggregator>> blocks_;
};

}  // namespace reconcile
