#include "reconcile/data/prediction_picture.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numbers>

namespace reconcile {
namespace {

std::vector<double> numbers_of(const at::Tensor& values) {
  const at::Tensor plain = values.flatten().to(at::kDouble).contiguous();
  return {plain.data_ptr<double>(), plain.data_ptr<double>() + plain.numel()};
}

/// Numbers and their predictions as two halves of one picture, so that both have the same zero and the same height.
PredictionPicture number_bars(const at::Tensor& target, const at::Tensor& prediction) {
  const at::Tensor both = at::cat({target, prediction}).to(at::kDouble);
  const at::Tensor scaled = both / std::max(both.abs().nan_to_num(0).max().item<double>(), 1e-30);
  const auto halves = bars_picture(numbers_of(scaled), false).chunk(2, 2);
  return {halves[0].contiguous(), halves[1].contiguous(), {}};
}

PredictionPicture class_map(const Task& task, const at::Tensor& target, const at::Tensor& prediction) {
  const at::Tensor found = prediction.argmax(0);
  const at::Tensor known = target.ge(0);
  return {task_picture(task, target), task_picture(task, found),
          number_picture(found.ne(target).to(at::kFloat), known, 0, 1)};
}

PredictionPicture depth_map(const at::Tensor& target, const at::Tensor& prediction) {  // [H, W] both
  const at::Tensor known = target.gt(0);
  const at::Tensor values = target.masked_select(known);
  const double low = values.numel() > 0 ? values.min().item<double>() : 0;
  const double high = values.numel() > 0 ? values.max().item<double>() : 1;
  const auto draw = [&](const at::Tensor& depth, const at::Tensor& where) {
    return number_picture(-depth, where, -high, -low);  // near is yellow
  };
  return {draw(target, known), draw(prediction, at::ones_like(known)),
          number_picture((prediction - target).abs(), known, 0, high - low)};
}

PredictionPicture normal_map(const Task& task, const at::Tensor& target, const at::Tensor& prediction) {
  const auto unit = [](const at::Tensor& vectors) {
    return vectors / vectors.square().sum(0, /*keepdim=*/true).sqrt().clamp_min(1e-12);
  };
  const at::Tensor found = unit(prediction);
  const at::Tensor angle = (found * unit(target)).sum(0).clamp(-1, 1).acos();
  return {task_picture(task, target), task_picture(task, found),
          number_picture(angle, target.ne(0).any(0), 0, std::numbers::pi / 2)};
}

PredictionPicture yes_or_no_map(const Task& task, const at::Tensor& target, const at::Tensor& prediction) {
  const at::Tensor share = prediction.sigmoid();
  return {task_picture(task, target), task_picture(task, share),
          number_picture((share - target).abs()[0], target[0].ge(0), 0, 1)};
}

}  // namespace

PredictionPicture prediction_picture(const Task& task, const at::Tensor& target, const at::Tensor& prediction) {
  switch (task.kind) {
    case TaskKind::kClassification:
      return {task_picture(task, target), bars_picture(numbers_of(prediction.softmax(0)), true), {}};
    case TaskKind::kMultiLabel:
      return {task_picture(task, target), bars_picture(numbers_of(prediction.sigmoid()), true), {}};
    case TaskKind::kRegression:
      return number_bars(target, prediction);
    case TaskKind::kSegmentation:
    case TaskKind::kParts:
      return class_map(task, target, prediction);
    case TaskKind::kDepth:
      return depth_map(target[0], prediction[0]);
    case TaskKind::kNormals:
      return normal_map(task, target, prediction);
    case TaskKind::kSaliency:
    case TaskKind::kEdges:
      return yes_or_no_map(task, target, prediction);
  }
  return {};
}

}  // namespace reconcile
