#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

#include "reconcile/base/options.h"
#include "reconcile/data/loader.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// The device called `name`: "cpu", "cuda", "cuda:1" ... InvalidArgument, with the place of the key, if the name means
/// nothing, or nothing can be computed there: no such device, or a LibTorch without it.
at::Device parse_device(const std::string& name, const Where& where);

/// The batch on that device, its maps with channels last there where `layout` is position-major. Copies from pinned
/// memory do not wait.
Batch to_device(const Batch& batch, const at::Device& device, Layout layout);

/// The batches of a loader on a device. On the CPU they are the loader's. Elsewhere they are read into pinned memory,
/// and while one is worked on the next is on its way in a stream of its own.
class DeviceBatches {
 public:
  /// Arguments as those of Loader, which reads the batches.
  DeviceBatches(const Dataset& data, std::function<BatchPlan(int64_t)> plan, int64_t first, int64_t end,
                int64_t workers, const at::Device& device, Layout layout);
  ~DeviceBatches();
  DeviceBatches(const DeviceBatches&) = delete;
  DeviceBatches& operator=(const DeviceBatches&) = delete;

  /// As Loader::next; what is launched afterwards on the current stream finds the batch complete.
  Batch next();

 private:
  struct Sent;
  [[nodiscard]] std::unique_ptr<Sent> send();

  at::Device device_;
  Layout layout_;
  std::unique_ptr<const Dataset> pinned_;
  Loader loader_;
  int64_t num_unsent_;
  std::unique_ptr<Sent> ahead_;  ///< the next batch, on its way
};

}  // namespace reconcile
