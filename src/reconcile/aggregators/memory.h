#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>
#include <string>
#include <vector>

#include "reconcile/aggregators/aggregator.h"

namespace reconcile {

/// An aggregator that remembers numbers from one step to the next. They are made at the first step and go into
/// checkpoints under their names.
class RememberingAggregator : public Aggregator {
 public:
  /// Everything under its name; empty before the first step.
  [[nodiscard]] NamedTensors state() const override;
  /// Clones the tensors. StateError if their names are not those of this method; whether their shapes fit shows at the
  /// next step.
  void load_state(const NamedTensors& state) override;

 protected:
  /// `method` is the name in messages.
  RememberingAggregator(std::string method, const std::vector<std::string>& names);

  /// The remembered float64 numbers called `name`, flat; all of them `value` at the first step. StateError if a shape
  /// was loaded that is not `shape`.
  Eigen::Map<Eigen::ArrayXd> numbers(const std::string& name, at::IntArrayRef shape, double value);
  /// The remembered tensor called `name`: zeros like `rows` at the first step. StateError if a shape was loaded that is
  /// not that of `rows`.
  at::Tensor& rows_like(const std::string& name, const at::Tensor& rows);

 private:
  at::Tensor& find(const std::string& name, at::IntArrayRef shape);

  std::string method_;
  NamedTensors memory_;  ///< undefined tensors before the first step
};

}  // namespace reconcile
