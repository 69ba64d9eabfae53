#pragma once

#include <optional>

#include "reconcile/models/model.h"

namespace reconcile {

/// The network in which BMTAS looks for a tree of branches: one backbone for each task, and for every unit and task a
/// mixture of what all columns' units give, with the weights softmax((logits + Gumbel noise) / temperature). Logits are
/// the tasks' own, units are shared. Paper: Bruggemann et al., BMVC 2020, arXiv:2008.10292, section 3. Differs: the
/// stem is searched like every other unit, and a block's last batch norm keeps its scale and shift.
class BranchingModel final : public MultiTaskModel {
 public:
  explicit BranchingModel(const ModelContext& context);

  /// Every task reads the mixtures drawn for it. Without a temperature it uses its own column alone; in evaluation mode
  /// the unit with the largest logit.
  Representation represent(const Streams& inputs) override;
  /// Task t's prediction for its input alone.
  at::Tensor predict_task(int64_t t, const at::Tensor& x);
  void set_temperature(std::optional<double> temperature) { temperature_ = temperature; }

  /// The learned logits, [searched units * T] tensors of [T].
  [[nodiscard]] std::vector<at::Tensor> logits() const;
  /// Expected cost of the tree that the logits stand for, in GFLOP (2 for a multiply-accumulate), with gradient:
  /// sum over units and partitions of P(partition) * number of groups * the unit's cost, section 3.3. InvalidArgument
  /// for more than 6 tasks, whose partitions are too many.
  [[nodiscard]] at::Tensor expected_gflops() const;

  /// The layers of the plain backbone with the tasks that share a copy: units by largest logits, made a tree (tasks
  /// that parted do not meet again).
  [[nodiscard]] std::vector<std::pair<std::string, Partition>> tree() const;

 private:
  struct SearchedUnit {
    std::vector<std::string> layers;  ///< their names in the plain backbone
    int64_t macs = 0;
    std::vector<Layer*> logits;  ///< [T]; none for a unit without layers
  };
  void find_units(const std::vector<int64_t>& input_shape);
  Flow walk(int64_t t, const at::Tensor& x);
  at::Tensor choice(int64_t t, const at::Tensor& logits);

  std::vector<Backbone> columns_;
  std::vector<SearchedUnit> units_;
  std::optional<double> temperature_;
};

}  // namespace reconcile
