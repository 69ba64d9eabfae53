#include "reconcile/data/npy_values.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"

namespace reconcile {
namespace {

constexpr double kRounding = 1e-3;

/// `stored` as [H, W, channels].
at::Tensor channels_last(const at::Tensor& stored, int64_t channels, const std::vector<int64_t>& size,
                         const std::filesystem::path& path) {
  at::Tensor array = stored.dim() == 2 && channels == 1 ? stored.unsqueeze(2) : stored;
  if (array.dim() != 3 || array.size(2) != channels) {
    fail<DataError>("{}: its shape is [{}], must be height x width x {}. Save it with the channels last.",
                    path.string(), fmt::join(stored.sizes(), ", "), channels);
  }
  if (array.size(0) != size[0] || array.size(1) != size[1]) {
    fail<DataError>("{}: {} x {} (height x width), the data set is read at {} x {}. Set size = [{}, {}] in [data].",
                    path.string(), array.size(0), array.size(1), size[0], size[1], array.size(0), array.size(1));
  }
  return array;
}

/// The nearest whole numbers; whether all are near enough.
template <class T>
bool round_all(const T* __restrict from, int64_t count, int32_t* __restrict to) {
  constexpr T kLargest = 1e6;
  int32_t odd = 0;
  for (int64_t i = 0; i < count; ++i) {
    const T value = from[i];
    const T inside = std::abs(value) < kLargest ? value : T(0);  // 0 for a NaN too
    const auto whole = static_cast<int32_t>(inside + std::copysign(T(0.5), inside));
    odd |= static_cast<int32_t>(!(std::abs(value - static_cast<T>(whole)) <= T(kRounding)));
    to[i] = whole;
  }
  return odd == 0;
}

[[noreturn]] void report_odd(const at::Tensor& classes, const std::filesystem::path& path) {
  const at::Tensor odd = classes.masked_select((classes - classes.round()).abs().le(kRounding).logical_not());
  fail<DataError>("{}: has the class {}, must be whole numbers below a million. Is it another kind of map?",
                  path.string(), odd.numel() > 0 ? odd[0].item<double>() : classes.abs().max().item<double>());
}

/// [H, W] of any type as whole numbers.
at::Tensor whole_numbers(const at::Tensor& stored, const std::filesystem::path& path) {
  if (stored.scalar_type() == at::kByte) {
    const at::Tensor classes = stored.to(at::kInt);
    return classes.masked_fill_(classes == 255, kVoid);
  }
  if (!stored.is_floating_point()) return stored.to(at::kLong);
  const at::Tensor from = (stored.scalar_type() == at::kHalf ? stored.to(at::kFloat) : stored).contiguous();
  at::Tensor classes = at::empty(from.sizes(), at::kInt);
  const bool whole = from.scalar_type() == at::kFloat
                         ? round_all(from.data_ptr<float>(), from.numel(), classes.data_ptr<int32_t>())
                         : round_all(from.data_ptr<double>(), from.numel(), classes.data_ptr<int32_t>());
  if (!whole) report_odd(from, path);
  return classes;
}

/// Whether components of normals lie beyond 1, all by no more than rounding does.
bool needs_clamp(const at::Tensor& normals) {
  const at::Tensor in_order = normals.contiguous();
  const float* values = in_order.data_ptr<float>();
  int32_t beyond = 0;
  for (int64_t i = 0; i < in_order.numel(); ++i) beyond |= static_cast<int32_t>(std::abs(values[i]) > 1);
  return beyond != 0 && in_order.abs().max().item<double>() <= 1 + kRounding;
}

}  // namespace

at::Tensor npy_input(const at::Tensor& stored, const std::vector<int64_t>& size, const std::filesystem::path& path) {
  if (stored.scalar_type() != at::kByte && !stored.is_floating_point()) {
    fail<DataError>("{}: its numbers are {}, must be uint8 (0 ... 255) or floating point (0 ... 1).", path.string(),
                    c10::toString(stored.scalar_type()));
  }
  const at::Tensor image = channels_last(stored, 3, size, path).permute({2, 0, 1});
  return image.scalar_type() == at::kByte ? image : image.to(at::kFloat);
}

at::Tensor npy_target(const Task& task, const at::Tensor& stored, const std::vector<int64_t>& size,
                      const std::filesystem::path& path) {
  const at::Tensor array = channels_last(stored, is_class(task.kind) ? 1 : task.num_outputs, size, path);
  if (is_class(task.kind)) return whole_numbers(array.select(2, 0), path);
  const at::Tensor numbers = array.to(at::kFloat);
  const at::Tensor target = numbers.permute({2, 0, 1});
  return task.kind == TaskKind::kNormals && needs_clamp(numbers) ? target.clamp(-1, 1) : target;
}

}  // namespace reconcile
