#pragma once

#include <span>
#include <vector>

#include "reconcile/core/batch.h"
#include "reconcile/models/model.h"
#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {

/// Losses of every task, scalars that carry gradients, [T].
std::vector<at::Tensor> task_losses(const MultiTaskModel& model, const std::vector<at::Tensor>& predictions,
                                    const Batch& batch);

/// Adds the values of `losses`, times `share`, to `sums`. NotFinite naming the task whose loss is not finite.
void add_values(const std::vector<at::Tensor>& losses, const TaskSet& tasks, double share, std::vector<double>& sums);

/// Tries things out on a network and puts everything back: parameters bit for bit, and running statistics are frozen.
class NetworkProbe final : public Probe {
 public:
  /// `parameters` in the order of the flat vector [N]. All must outlive the probe.
  NetworkProbe(MultiTaskModel& model, std::vector<at::Tensor> parameters, std::span<const Batch> batches);
  ~NetworkProbe() override;
  NetworkProbe(const NetworkProbe&) = delete;
  NetworkProbe& operator=(const NetworkProbe&) = delete;

  std::vector<double> losses(int64_t batch, const at::Tensor& shift) override;
  at::Tensor gradient(int64_t batch, const std::vector<double>& weights, const at::Tensor& shift) override;
  at::Tensor rows(int64_t batch, const at::Tensor& shift) override;

 private:
  /// Sets the parameters to their values plus `shift`.
  void move(const at::Tensor& shift);
  std::vector<at::Tensor> forward(int64_t batch, const at::Tensor& shift);
  /// The flat gradient [N] of a scalar.
  at::Tensor flat_gradient(const at::Tensor& scalar, bool keep_graph);

  MultiTaskModel& model_;
  std::vector<at::Tensor> parameters_;
  std::span<const Batch> batches_;
  std::vector<at::Tensor> given_;  ///< copies of the parameters
};

}  // namespace reconcile
