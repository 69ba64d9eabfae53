#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "reconcile/core/streams.h"

namespace reconcile {

/// Some samples: the input of every task (one shared tensor, or one per task) and one target per task.
struct Batch {
  Streams inputs;                   ///< float32 [B, C, H, W] in 0..1
  std::vector<at::Tensor> targets;  ///< [T], in the form of core/target.h
};

}  // namespace reconcile
