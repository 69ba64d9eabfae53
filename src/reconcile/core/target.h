#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/core/task.h"

namespace reconcile {

/// Targets of a batch of B images of H x W pixels, and what says "unknown" in them: no loss, no gradient, not counted.
///
///     classification       int64 [B]                     -1
///     multi_label          float32 [B, labels], 0 or 1   -1
///     regression           float32 [B, numbers]          NaN
///     segmentation, parts  int64 [B, H, W]               -1
///     depth                float32 [B, 1, H, W]          0
///     normals              float32 [B, 3, H, W]          the zero vector
///     saliency, edges      float32 [B, 1, H, W], 0 or 1  -1
///
/// A reader that finds another mark for "unknown" (255 in many segmentations) writes this one instead.
constexpr int64_t kVoid = -1;

/// The shape of the targets of `count` images of `height` x `width` pixels.
std::vector<int64_t> target_shape(const Task& task, int64_t count, int64_t height, int64_t width);

/// The least and the largest value that a target may have, "unknown" included (but NaN, which only regression takes).
struct TargetRange {
  double low;
  double high;
};
TargetRange target_range(const Task& task);

/// What is wrong with `stored` [N, ...] as targets for `count` images of `height` x `width` pixels, naming the task, or
/// "": shapes and values as above; classes may be stored as any signed whole numbers and the rest as any type.
std::string target_problem(const Task& task, const at::Tensor& stored, int64_t count, int64_t height, int64_t width);

/// The number that says "unknown" in targets of a kind, as above.
double unknown_mark(TaskKind kind);

/// Whether a target, of one image or of a batch, says anything.
bool has_known(const Task& task, const at::Tensor& target);

/// The target of one image of which nothing is known, in the types of `as_target`.
at::Tensor unknown_target(const Task& task, int64_t height, int64_t width);

/// Stored targets in the types that losses and metrics read.
at::Tensor as_target(const Task& task, const at::Tensor& stored);

}  // namespace reconcile
