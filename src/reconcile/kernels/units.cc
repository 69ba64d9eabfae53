#include "reconcile/kernels/units.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

namespace reconcile {
namespace {

constexpr int64_t kUnitsPerThread = 4;
constexpr int64_t kLeastRows = 32;  ///< of a matrix that a thread multiplies

}  // namespace

std::vector<Stretch> stretches_of(int64_t height, int64_t width, int64_t samples) {
  const int64_t wanted = (kUnitsPerThread * at::get_num_threads() + height - 1) / height;
  const int64_t most = std::clamp<int64_t>(width * samples / kLeastRows, 1, width);
  const int64_t count = std::min(wanted, most);
  std::vector<Stretch> stretches;
  for (int64_t row = 0; row < height; ++row) {
    for (int64_t i = 0; i < count; ++i) stretches.push_back({row, width * i / count, width * (i + 1) / count});
  }
  return stretches;
}

void for_each_stretch(const std::vector<Stretch>& stretches, const std::function<void(const Stretch&)>& work) {
  at::parallel_for(0, static_cast<int64_t>(stretches.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) work(stretches[i]);
  });
}

void fill_rows(float* rows, int64_t count, int64_t width, const at::Tensor& values) {
  if (!values.defined()) {
    std::fill_n(rows, count * width, 0.0F);
    return;
  }
  const float* row = values.data_ptr<float>();
  for (int64_t i = 0; i < count; ++i) std::copy_n(row, width, rows + i * width);
}

}  // namespace reconcile
