#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/task.h"
#include "reconcile/nn/scope.h"

namespace reconcile {

/// What a head may read.
struct HeadInput {
  at::Tensor x;               ///< the backbone's output
  at::Tensor low;             ///< its early feature map, or undefined
  std::vector<int64_t> size;  ///< height and width of the network's input
};

/// One task's way from features to its prediction: [B, num_outputs], or [B, num_outputs, height, width] if dense.
using Head = std::function<at::Tensor(const HeadInput&)>;

/// The shapes a head is built for.
struct HeadShape {
  int64_t channels = 0;      ///< of x, which is [B, channels, H, W] or [B, channels]
  int64_t low_channels = 0;  ///< of low; 0 = there is none
  int64_t outputs = 0;
};

/// Catalogue row of a head: built among a task's own layers. `make` throws InvalidArgument if the shapes do not suit.
struct HeadEntry {
  EntryInfo info;
  std::function<Head(const HeadShape&, const LayerScope&)> make;
};

}  // namespace reconcile
