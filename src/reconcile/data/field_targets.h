#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/core/task.h"

namespace reconcile {

/// What a task is to find in smooth images [N, C, H, W] (uint8), computed from the pixels alone, in the form of
/// core/target.h. The name of the task decides which colours it looks at; a sample's target does not depend on the
/// other samples. The scale of "near one" below is that of the images of `draw_field`.
///
/// Of the mean and the deviation of every channel, mixed to one number near one (to `num_outputs` numbers):
///     classification       which of equally likely intervals it lies in
///     multi_label          which of the numbers are positive
///     regression           the numbers
/// Of the colour, mixed to one number near one a pixel, and averaged over the pixels around:
///     segmentation         which of equally likely intervals it lies in
///     parts                the same, but images whose classification number is low are void
///     depth                exp(number / 2)
///     normals              the unit normal of the surface that has this height
///     saliency             whether it is far from the mean of a wide neighbourhood
///     edges                whether the next pixel, to the right or below, is in another of four segments
at::Tensor field_targets(const Task& task, const at::Tensor& images);

/// The type that `field_targets` has for a kind.
at::ScalarType field_type(TaskKind kind);

}  // namespace reconcile
