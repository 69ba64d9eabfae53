#pragma once

#include "reconcile/data/task_picture.h"

namespace reconcile {

/// What is true of one sample beside what was predicted, each uint8 [3, height, width], on the same scale.
struct PredictionPicture {
  at::Tensor truth, prediction;
  at::Tensor error;  ///< the brighter the more, striped where unknown; undefined for kinds without pixels
};

/// `target` in the form of core/target.h; `prediction` [outputs] or [outputs, H, W] as a network gives it (logits where
/// the kind has classes or yes and no). Classes and labels are bars of probabilities. Errors are: wrong classes, the
/// difference of depths relative to the truth's range, the angle between normals up to 90 degrees, the difference of
/// probabilities.
PredictionPicture prediction_picture(const Task& task, const at::Tensor& target, const at::Tensor& prediction);

}  // namespace reconcile
