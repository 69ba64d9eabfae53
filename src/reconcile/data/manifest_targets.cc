#include "reconcile/data/manifest_targets.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"
#include "reconcile/files/mapped_file.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "reconcile/files/resize.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr double kNearWhole = 1e-3;

bool has_colours(int64_t channels) { return channels == 1 || channels == 3; }

/// [C, H, W] of an array that may have its channels last, or none.
at::Tensor channels_first(const at::Tensor& array, const fs::path& path) {
  if (array.dim() == 2 && array.numel() > 0) return array.unsqueeze(0);
  if (array.dim() != 3 || array.numel() == 0) {
    fail<DataError>("{}: its shape is [{}], must be [H, W], [C, H, W] or [H, W, C].", path.string(),
                    fmt::join(array.sizes(), ", "));
  }
  const bool are_last = has_colours(array.size(2)) && !has_colours(array.size(0));
  return are_last ? array.permute({2, 0, 1}) : array;
}

bool is_npy_file(const fs::path& path) { return is_npy(map_file(path)->bytes()); }

/// The numbers of a target as they are stored, [C, H, W] float64.
at::Tensor read_values(const fs::path& path, TaskKind kind) {
  at::Tensor values = is_npy_file(path)            ? channels_first(read_npy(path), path)
                      : kind == TaskKind::kNormals ? read_picture(path)
                                                   : read_label_picture(path).unsqueeze(0);
  const int64_t wanted = kind == TaskKind::kNormals ? 3 : 1;
  if (values.size(0) != wanted) {
    fail<DataError>("{}: has {} channel{}, {} has {}.", path.string(), values.size(0), values.size(0) == 1 ? "" : "s",
                    kind_name(kind), wanted);
  }
  return values.to(at::kDouble);
}

/// Whole numbers, -1 where they mean unknown.
at::Tensor classes_of(const at::Tensor& values, const ManifestTask& task, const fs::path& path) {
  const at::Tensor whole = values.round();
  const double error = (values - whole).abs().max().item<double>();
  if (!(error <= kNearWhole)) {
    fail<DataError>("{}: classes must be whole numbers, one is off by {}.", path.string(), error);
  }
  at::Tensor classes = at::where(whole == task.ignore, at::full_like(whole, kVoid), whole);
  const double most = classes.max().item<double>();
  if (most >= static_cast<double>(task.task.num_outputs)) {
    fail<DataError>("{}: holds the class {}, task \"{}\" has 0 ... {}. Set `ignore = {}` if it means unknown.",
                    path.string(), most, task.task.name, task.task.num_outputs - 1, most);
  }
  return classes.squeeze(0).to(at::kLong);
}

}  // namespace

at::Tensor read_manifest_image(const fs::path& path, const std::vector<int64_t>& size) {
  at::Tensor image = is_npy_file(path) ? channels_first(read_npy(path), path) : read_picture(path);
  if (image.is_floating_point()) image = image.to(at::kFloat);
  return size.empty() ? image : resize_picture(image.contiguous(), size[0], size[1]);
}

at::Tensor read_dense_target(const fs::path& path, const ManifestTask& task, const std::vector<int64_t>& size) {
  const TaskKind kind = task.task.kind;
  at::Tensor values = read_values(path, kind);
  if (!size.empty()) values = resize_nearest(values, size[0], size[1]);
  if (is_class(kind)) return classes_of(values, task, path);
  const bool is_mask = kind == TaskKind::kSaliency || kind == TaskKind::kEdges;
  at::Tensor is_known = at::isfinite(values).logical_and(values != (is_mask ? task.ignore : task.invalid));
  if (kind == TaskKind::kNormals) is_known = at::isfinite(values).all(0).logical_and((values != task.invalid).any(0));
  if (is_mask) values = (values * task.scale > 0.5).to(at::kDouble);
  if (kind == TaskKind::kDepth) values = values * task.scale;
  if (kind == TaskKind::kNormals && !is_npy_file(path)) values = values / 127.5 - 1;
  const double mark = is_mask ? static_cast<double>(kVoid) : 0;
  return at::where(is_known, values, at::full_like(values, mark)).to(at::kFloat);
}

}  // namespace reconcile
