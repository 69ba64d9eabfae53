#include "reconcile/data/field_targets.h"

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/base/rng.h"
#include "reconcile/core/target.h"

namespace reconcile {
namespace {

constexpr double kPixelDeviation = 0.225;  // of pixels, about one half
constexpr double kMeanDeviation = 0.155;   // of a channel's mean over an image, about one half
constexpr double kTypicalDeviation = 0.16, kDeviationDeviation = 0.042;  // of the deviation over an image
constexpr double kVoidBelow = -0.7;
constexpr double kSalient = 0.5;
constexpr double kSteepness = 0.15;
constexpr int64_t kEdgeSegments = 4;

/// A random direction of unit length: what a task looks at.
std::vector<double> direction(const Task& task, int64_t output, int64_t size) {
  Rng rng = Rng(0).fork("fields").fork(task.name).fork(static_cast<uint64_t>(output));
  std::vector<double> values;
  double squares = 0;
  for (int64_t i = 0; i < size; ++i) {
    values.push_back(rng.normal());
    squares += values.back() * values.back();
  }
  for (double& value : values) value /= std::sqrt(squares);
  return values;
}

/// The channels [N, C, ...] mixed to one, [N, ...].
at::Tensor mix(const at::Tensor& channels, const std::vector<double>& weights) {
  at::Tensor sum = channels.select(1, 0) * weights[0];
  for (size_t c = 1; c < weights.size(); ++c) sum.add_(channels.select(1, static_cast<int64_t>(c)), weights[c]);
  return sum;
}

/// [N, outputs] numbers near one that hold for the whole image.
at::Tensor statistics(const Task& task, const at::Tensor& images, int64_t outputs) {
  const at::Tensor pixels = images.flatten(2);
  const at::Tensor means = (pixels.mean(2) - 0.5) / kMeanDeviation;
  const at::Tensor deviations = (pixels.std(2, false) - kTypicalDeviation) / kDeviationDeviation;
  const at::Tensor all = at::cat({means, deviations}, 1);
  std::vector<at::Tensor> mixed;
  for (int64_t k = 0; k < outputs; ++k) mixed.push_back(mix(all, direction(task, k, all.size(1))));
  return at::stack(mixed, 1);
}

/// Means of [N, H, W] over squares of 2 radius + 1 pixels, as far as they lie inside the image.
at::Tensor local_mean(const at::Tensor& values, int64_t radius) {
  const int64_t size = 2 * radius + 1;
  const at::Tensor columns = at::avg_pool2d(values, {size, 1}, {1, 1}, {radius, 0}, false, false);
  return at::avg_pool2d(columns, {1, size}, {1, 1}, {0, radius}, false, false);
}

/// [N, H, W] numbers near one, smooth.
at::Tensor field(const Task& task, const at::Tensor& images) {
  const at::Tensor mixed = mix((images - 0.5) / kPixelDeviation, direction(task, 0, images.size(1)));
  return local_mean(mixed, 1 + std::min(images.size(2), images.size(3)) / 32);
}

/// Which of `count` intervals, equally likely for a normal distribution, a number lies in.
at::Tensor interval(const at::Tensor& numbers, int64_t count) {
  return (at::special_ndtr(numbers) * count).floor().clamp(0, static_cast<double>(count - 1));
}

at::Tensor parts(const Task& task, const at::Tensor& images) {
  const at::Tensor is_void = statistics(task, images, 1).lt(kVoidBelow).unsqueeze(2);
  return interval(field(task, images), task.num_outputs).masked_fill(is_void, kVoid);
}

at::Tensor normals(const at::Tensor& height) {
  const auto slope = [&](int64_t dim) {
    const int64_t last = height.size(dim) - 1;
    const at::Tensor difference = height.diff(1, dim);  // one-sided at the border, else the mean of both sides
    const at::Tensor both =
        at::cat({difference.narrow(dim, 0, 1), difference, difference.narrow(dim, last - 1, 1)}, dim);
    return (both.narrow(dim, 0, last + 1) + both.narrow(dim, 1, last + 1)) *
           (0.5 * kSteepness * static_cast<double>(last + 1));
  };
  const at::Tensor normal = at::stack({-slope(2), -slope(1), at::ones_like(height)}, 1);
  return normal / normal.square().sum(1, true).sqrt();
}

at::Tensor salient(const at::Tensor& height) {
  const at::Tensor around = local_mean(height, std::min(height.size(1), height.size(2)) / 4);
  return (height - around).abs().gt(kSalient).unsqueeze(1);
}

at::Tensor edges(const at::Tensor& height) {
  const at::Tensor segment = interval(height, kEdgeSegments);
  at::Tensor edge = at::zeros_like(segment);
  for (const int64_t dim : {1, 2}) {
    edge.narrow(dim, 0, segment.size(dim) - 1).add_(segment.diff(1, dim).abs());
  }
  return edge.gt(0).unsqueeze(1);
}

at::Tensor compute(const Task& task, const at::Tensor& images) {
  switch (task.kind) {
    case TaskKind::kClassification:
      return interval(statistics(task, images, 1).squeeze(1), task.num_outputs);
    case TaskKind::kMultiLabel:
      return statistics(task, images, task.num_outputs).gt(0);
    case TaskKind::kRegression:
      return statistics(task, images, task.num_outputs);
    case TaskKind::kSegmentation:
      return interval(field(task, images), task.num_outputs);
    case TaskKind::kParts:
      return parts(task, images);
    case TaskKind::kDepth:
      return (field(task, images) / 2).exp().unsqueeze(1);
    case TaskKind::kNormals:
      return normals(field(task, images));
    case TaskKind::kSaliency:
      return salient(field(task, images));
    case TaskKind::kEdges:
      return edges(field(task, images));
  }
  return {};
}

}  // namespace

at::Tensor field_targets(const Task& task, const at::Tensor& images) {
  return compute(task, images.to(at::kFloat) / 255).to(field_type(task.kind));
}

at::ScalarType field_type(TaskKind kind) {
  if (is_class(kind)) return at::kShort;
  const bool real = kind == TaskKind::kRegression || kind == TaskKind::kDepth || kind == TaskKind::kNormals;
  return real ? at::kFloat : at::kChar;
}

}  // namespace reconcile
