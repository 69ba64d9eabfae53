#include "reconcile/data/npy_values.h"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"

namespace reconcile {
namespace {

constexpr double kRounding = 1e-3;

/// `stored` as [H, W, channels].
at::Tensor channels_last(const at::Tensor& stored, int64_t channels, const std::vector<int64_t>& size,
                         const std::filesystem::path& path) {
  const at::Tensor array = stored.dim() == 2 && channels == 1 ? stored.unsqueeze(2) : stored;
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

/// The nearest whole numbers; a number that has none is returned in `odd`.
template <class T>
void round_all(const T* from, int64_t count, int64_t* to, std::optional<double>& odd) {
  constexpr T kLargest = 1e6;
  for (int64_t i = 0; i < count; ++i) {
    const T value = from[i];
    const bool in_range = value > -kLargest && value < kLargest;  // also not a NaN
    to[i] = in_range ? static_cast<int64_t>(value + (value < 0 ? T(-0.5) : T(0.5))) : 0;
    if (!in_range || std::abs(value - static_cast<T>(to[i])) > static_cast<T>(kRounding)) odd = value;
  }
}

/// [H, W] of any type as int64.
at::Tensor whole_numbers(const at::Tensor& stored, const std::filesystem::path& path) {
  if (stored.scalar_type() == at::kByte) {
    const at::Tensor classes = stored.to(at::kLong);
    return classes.masked_fill_(classes == 255, kVoid);
  }
  if (!stored.is_floating_point()) return stored.to(at::kLong);
  const at::Tensor from = stored.scalar_type() == at::kHalf ? stored.to(at::kFloat) : stored.contiguous();
  at::Tensor classes = at::empty(from.sizes(), at::kLong);
  std::optional<double> odd;
  AT_DISPATCH_FLOATING_TYPES(from.scalar_type(), "round_all", [&] {
    round_all(from.data_ptr<scalar_t>(), from.numel(), classes.data_ptr<int64_t>(), odd);
  });
  if (odd)
    fail<DataError>("{}: has the class {}, must be whole numbers. Is it another kind of map?", path.string(), *odd);
  return classes;
}

/// Whether components of normals lie beyond 1, all by no more than rounding does.
bool needs_clamp(const at::Tensor& normals) {
  const auto [least, most] = at::aminmax(normals);
  const double largest = std::max(-least.item<double>(), most.item<double>());
  return largest > 1 && largest <= 1 + kRounding;
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
  const at::Tensor target = array.to(at::kFloat).permute({2, 0, 1});
  return task.kind == TaskKind::kNormals && needs_clamp(array) ? target.clamp(-1, 1) : target;
}

}  // namespace reconcile
