#include "reconcile/kernels/tap_products.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "reconcile/kernels/matmul.h"
#include "reconcile/kernels/units.h"

namespace reconcile {
namespace {

/// The sizes of a convolution and its taps along both axes.
struct Sliding {
  std::vector<Tap> rows, columns;
  int64_t samples, in, out;

  Sliding(const Window& window, int64_t height, int64_t width, int64_t samples, const at::Tensor& weight)
      : rows(taps_of(window, height)),
        columns(taps_of(window, width)),
        samples(samples),
        in(weight.size(2)),
        out(weight.size(1)) {}
  /// Calls f(tap, row tap, column tap) for all taps.
  template <class F>
  void for_each_tap(F f) const {
    for (size_t y = 0; y < rows.size(); ++y) {
      for (size_t x = 0; x < columns.size(); ++x) {
        f(static_cast<int64_t>(y * columns.size() + x), rows[y], columns[x]);
      }
    }
  }
};

}  // namespace

at::Tensor tap_forward(const Factor& map, const Factor& weight, const at::Tensor& bias, const Window& window) {
  const at::Tensor& in = map.high;
  const Sliding s(window, in.size(0), in.size(1), in.size(2), weight.high);
  const Phases phases(map, window.stride);
  const int64_t width = window.outputs(in.size(1));
  at::Tensor result = at::empty({window.outputs(in.size(0)), width, s.samples, s.out}, in.options().dtype(at::kFloat));
  for_each_stretch(stretches_of(result.size(0), width, s.samples), [&](const Stretch& part) {
    float* out = result.data_ptr<float>() + (part.row * width + part.begin) * s.samples * s.out;
    fill_rows(out, (part.end - part.begin) * s.samples, s.out, bias);
    s.for_each_tap([&](int64_t tap, const Tap& y, const Tap& x) {
      const int64_t begin = std::max(part.begin, x.begin);
      const int64_t end = std::min(part.end, x.end);
      if (part.row < y.begin || part.row >= y.end || begin >= end) return;
      const Factor& phase = phases.at(y.phase, x.phase);
      const int64_t position = (part.row + y.shift) * phase.high.size(1) + begin + x.shift;
      multiply_add({&phase, position * s.samples * s.in, s.in, 1}, {&weight, tap * s.out * s.in, 1, s.in},
                   (end - begin) * s.samples, s.in, s.out, out + (begin - part.begin) * s.samples * s.out, s.out);
    });
  });
  return result;
}

at::Tensor tap_input_gradient(const Factor& gradient, const Factor& weight, const Window& window, int64_t height,
                              int64_t width) {
  const int64_t outputs = gradient.high.size(1);
  const Sliding s(window, height, width, gradient.high.size(2), weight.high);
  at::Tensor result = at::empty({height, width, s.samples, s.in}, gradient.high.options().dtype(at::kFloat));
  for (int64_t i = 0; i < window.stride * window.stride; ++i) {
    const int64_t phase_y = i / window.stride;
    const int64_t phase_x = i % window.stride;
    at::Tensor place = phase_of(result, window.stride, phase_y, phase_x);
    const at::Tensor phase = place.is_contiguous() ? place : at::empty(place.sizes(), result.options());
    for_each_stretch(stretches_of(phase.size(0), phase.size(1), s.samples), [&](const Stretch& part) {
      float* out = phase.data_ptr<float>() + (part.row * phase.size(1) + part.begin) * s.samples * s.in;
      fill_rows(out, (part.end - part.begin) * s.samples, s.in, {});
      s.for_each_tap([&](int64_t tap, const Tap& y, const Tap& x) {
        const int64_t row = part.row - y.shift;
        const int64_t begin = std::max(part.begin, x.begin + x.shift);
        const int64_t end = std::min(part.end, x.end + x.shift);
        if (y.phase != phase_y || x.phase != phase_x || row < y.begin || row >= y.end || begin >= end) return;
        multiply_add({&gradient, (row * outputs + begin - x.shift) * s.samples * s.out, s.out, 1},
                     {&weight, tap * s.out * s.in, s.in, 1}, (end - begin) * s.samples, s.out, s.in,
                     out + (begin - part.begin) * s.samples * s.in, s.in);
      });
    });
    if (!place.is_same(phase)) place.copy_(phase);
  }
  return result;
}

at::Tensor tap_weight_gradient(const Factor& map, const Factor& gradient, const Window& window) {
  const at::Tensor& in = map.high;
  const at::Tensor& out = gradient.high;
  at::Tensor result =
      at::zeros({window.kernel * window.kernel, out.size(3), in.size(3)}, in.options().dtype(at::kFloat));
  const Sliding s(window, in.size(0), in.size(1), in.size(2), result);
  const Phases phases(map, window.stride);
  const std::vector<Stretch> parts = stretches_of(result.size(0), s.out, 1);  // of the output channels of one tap
  for_each_stretch(parts, [&](const Stretch& part) {
    const Tap& y = s.rows[part.row / window.kernel];
    const Tap& x = s.columns[part.row % window.kernel];
    if (x.begin == x.end) return;
    const Factor& phase = phases.at(y.phase, x.phase);
    for (int64_t row = y.begin; row < y.end; ++row) {
      const int64_t position = (row + y.shift) * phase.high.size(1) + x.begin + x.shift;
      multiply_add({&gradient, (row * out.size(1) + x.begin) * s.samples * s.out + part.begin, 1, s.out},
                   {&phase, position * s.samples * s.in, s.in, 1}, part.end - part.begin, (x.end - x.begin) * s.samples,
                   s.in, result.data_ptr<float>() + (part.row * s.out + part.begin) * s.in, s.in);
    }
  });
  return result;
}

}  // namespace reconcile
