#pragma once

#include "reconcile/core/batch.h"
#include "reconcile/models/model.h"

namespace reconcile::bench {

/// A recording step without this project's buffers, as Recon's official code takes it: T backward passes that keep the
/// graph, every task's gradients a list of tensors; then, layer by layer, they are joined to one vector, brought to
/// length one, and the cosine of every pair is read as a number; the mean gradient times T goes to the shared
/// parameters and each parameter is moved by itself (SGD, momentum 0.9).
class LayerLoop {
 public:
  /// `model` must outlive it.
  explicit LayerLoop(MultiTaskModel& model);

  /// One step; returns the mean cosine over layers and pairs.
  double operator()(const Batch& batch);

 private:
  using Tensors = std::vector<at::Tensor>;
  [[nodiscard]] Tensors vectors_of(const std::vector<Tensors>& gradients, const ParamLayout::Range& layer) const;
  void move(const at::Tensor& parameter, const at::Tensor& gradient, at::Tensor& momentum);

  MultiTaskModel& model_;
  ParamLayout layout_;
  Tensors shared_;
  Tensors shared_momentum_;
  std::vector<Tensors> own_;
  std::vector<Tensors> own_momentum_;
};

}  // namespace reconcile::bench
