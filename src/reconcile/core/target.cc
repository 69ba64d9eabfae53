#include "reconcile/core/target.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <cmath>

namespace reconcile {
std::vector<int64_t> target_shape(const Task& task, int64_t count, int64_t height, int64_t width) {
  std::vector<int64_t> shape{count};
  if (!is_class(task.kind)) shape.push_back(task.num_outputs);
  if (is_dense(task.kind)) shape.insert(shape.end(), {height, width});
  return shape;
}

TargetRange target_range(const Task& task) {
  switch (task.kind) {
    case TaskKind::kClassification:
    case TaskKind::kSegmentation:
    case TaskKind::kParts:
      return {kVoid, static_cast<double>(task.num_outputs - 1)};
    case TaskKind::kMultiLabel:
    case TaskKind::kSaliency:
    case TaskKind::kEdges:
      return {kVoid, 1};
    case TaskKind::kDepth:
      return {0, std::numeric_limits<float>::max()};
    case TaskKind::kNormals:
      return {-1, 1};
    case TaskKind::kRegression:
      return {-std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
  }
  return {};
}

std::string target_problem(const Task& task, const at::Tensor& stored, int64_t count, int64_t height, int64_t width) {
  const auto shape = target_shape(task, count, height, width);
  const bool signed_whole = at::isIntegralType(stored.scalar_type(), false) && stored.scalar_type() != at::kByte;
  if (stored.sizes() != at::IntArrayRef(shape) || (is_class(task.kind) && !signed_whole)) {
    return fmt::format("targets of task \"{}\" are {} [{}], {} needs {} [{}].", task.name,
                       c10::toString(stored.scalar_type()), fmt::join(stored.sizes(), ", "), kind_name(task.kind),
                       is_class(task.kind) ? "signed whole numbers" : "numbers", fmt::join(shape, ", "));
  }
  if (stored.numel() == 0) return "";
  const bool unknown_is_nan = task.kind == TaskKind::kRegression;
  const auto [least, most] = at::aminmax(unknown_is_nan ? stored.nan_to_num(0, INFINITY, -INFINITY) : stored);
  const auto [low, high] = target_range(task);
  for (const auto& value : {least.item<double>(), most.item<double>()}) {
    if (value >= low && value <= high) continue;
    return fmt::format("task \"{}\" has the target {}, {} needs {} ... {}.", task.name,
                       std::isnan(value) ? "nan" : fmt::format("{}", value), kind_name(task.kind), low, high);
  }
  return "";
}

double unknown_mark(TaskKind kind) {
  if (kind == TaskKind::kDepth || kind == TaskKind::kNormals) return 0;
  return kind == TaskKind::kRegression ? std::numeric_limits<double>::quiet_NaN() : kVoid;
}

bool has_known(const Task& task, const at::Tensor& target) {
  const at::Tensor known =
      task.kind == TaskKind::kRegression ? target.isnan().logical_not() : target.ne(unknown_mark(task.kind));
  return known.any().item<bool>();
}

at::Tensor unknown_target(const Task& task, int64_t height, int64_t width) {
  const auto shape = target_shape(task, 1, height, width);
  return at::full(at::IntArrayRef(shape).slice(1), unknown_mark(task.kind),
                  is_class(task.kind) ? at::kLong : at::kFloat);
}

at::Tensor as_target(const Task& task, const at::Tensor& stored) {
  return stored.to(is_class(task.kind) ? at::kLong : at::kFloat);
}

}  // namespace reconcile
