#include "reconcile/kernels/gathered.h"

#include <ATen/ATen.h>

#include <cstring>

#include "reconcile/kernels/matmul.h"
#include "reconcile/kernels/units.h"

namespace reconcile {
namespace {

constexpr int64_t kRowsAtOnce = 512;  ///< of the gathered matrix, so that it stays in a core's cache

/// What a stretch of outputs reads, [depth, positions * B]; zeros for padding.
at::Tensor gather(const at::Tensor& map, const Window& window, const Stretch& part) {
  const int64_t channels = map.size(2);
  const int64_t samples = map.size(3);
  const int64_t count = part.end - part.begin;
  at::Tensor result = at::empty({window.kernel * window.kernel * channels, count * samples}, map.options());
  const auto run = static_cast<size_t>(samples * map.element_size());
  const char* from = static_cast<const char*>(map.data_ptr());
  char* to = static_cast<char*>(result.data_ptr());
  for (int64_t tap = 0; tap < window.kernel * window.kernel; ++tap) {
    const int64_t y = part.row * window.stride + tap / window.kernel * window.dilation - window.padding;
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t i = part.begin; i < part.end; ++i, to += run) {
        const int64_t x = i * window.stride + tap % window.kernel * window.dilation - window.padding;
        const bool inside = y >= 0 && y < map.size(0) && x >= 0 && x < map.size(1);
        if (inside) {
          std::memcpy(to, from + ((y * map.size(1) + x) * channels + c) * run, run);
        } else {
          std::memset(to, 0, run);
        }
      }
    }
  }
  return result;
}

/// The stretches of a row that are gathered one after the other.
template <class Work>
void for_each_piece(const Stretch& part, int64_t samples, Work work) {
  const int64_t step = std::max<int64_t>(1, kRowsAtOnce / samples);
  for (int64_t begin = part.begin; begin < part.end; begin += step) {
    work(Stretch{part.row, begin, std::min(begin + step, part.end)});
  }
}

}  // namespace

at::Tensor gathered_forward(const Factor& map, const Factor& weight, const at::Tensor& bias, const Window& window) {
  const at::Tensor& in = map.high;
  const int64_t width = window.outputs(in.size(1));
  const int64_t samples = in.size(3);
  const int64_t out = weight.high.size(0);
  const int64_t depth = weight.high.size(1);
  at::Tensor result = at::empty({window.outputs(in.size(0)), width, samples, out}, in.options().dtype(at::kFloat));
  for_each_stretch(stretches_of(result.size(0), width, samples), [&](const Stretch& part) {
    for_each_piece(part, samples, [&](const Stretch& piece) {
      const Factor read = map.map([&](const at::Tensor& t) { return gather(t, window, piece); });
      const int64_t rows = (piece.end - piece.begin) * samples;
      float* place = result.data_ptr<float>() + (piece.row * width + piece.begin) * samples * out;
      fill_rows(place, rows, out, bias);
      multiply_add({&read, 0, 1, rows}, {&weight, 0, 1, depth}, rows, depth, out, place, out);
    });
  });
  return result;
}

at::Tensor gathered_weight_gradient(const Factor& map, const Factor& gradient, const Window& window) {
  const at::Tensor& dy = gradient.high;
  const int64_t samples = dy.size(2);
  const int64_t out = dy.size(3);
  const int64_t depth = window.kernel * window.kernel * map.high.size(2);
  at::Tensor of_row = at::zeros({dy.size(0), out, depth}, dy.options().dtype(at::kFloat));
  std::vector<Stretch> rows;
  for (int64_t row = 0; row < dy.size(0); ++row) rows.push_back({row, 0, dy.size(1)});
  for_each_stretch(rows, [&](const Stretch& whole) {
    for_each_piece(whole, samples, [&](const Stretch& piece) {
      const Factor read = map.map([&](const at::Tensor& t) { return gather(t, window, piece); });
      const int64_t count = (piece.end - piece.begin) * samples;
      const int64_t position = piece.row * dy.size(1) + piece.begin;
      multiply_add({&gradient, position * samples * out, 1, out}, {&read, 0, 1, count}, out, count, depth,
                   of_row.data_ptr<float>() + piece.row * out * depth, depth);
    });
  });
  return of_row.sum(0);
}

}  // namespace reconcile
