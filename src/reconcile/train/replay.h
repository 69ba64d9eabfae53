#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "reconcile/core/batch.h"

namespace reconcile {

/// What was launched on a device once, to be launched again with whatever the same memory then holds.
class Recording {
 public:
  virtual ~Recording() = default;
  virtual void replay() = 0;
};

/// Runs `work`, which must not read from the device, and records what it launches: a CUDA graph where this build has
/// CUDA. Elsewhere a replay is `work` itself.
std::unique_ptr<Recording> record(std::function<void()> work);

/// The passes of a step, which are the same operations on tensors of the same sizes every time: after a few ordinary
/// runs they are recorded, and from then on only replayed, so that nothing waits for the host to launch one by one.
class RepeatedPasses {
 public:
  /// Losses [T] of a batch; gradients go to memory of the caller's that stays where it is.
  using Passes = std::function<std::vector<at::Tensor>(const Batch& batch)>;

  /// `passes` is called for `batch`, or replayed for it. The losses are valid until the next call. StateError if the
  /// sizes differ from those that were recorded.
  const std::vector<at::Tensor>& operator()(const Batch& batch, const Passes& passes);

 private:
  void copy_in(const Batch& batch);

  int num_runs_ = 0;
  Batch batch_{Streams::shared({}, 1), {}};  ///< what the recording reads
  std::vector<at::Tensor> losses_;           ///< what it writes
  std::unique_ptr<Recording> recording_;
};

}  // namespace reconcile
