#include "reconcile/kernels/taps.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace reconcile {

std::vector<Tap> taps_of(const Window& window, int64_t inputs) {
  std::vector<Tap> taps;
  const int64_t outputs = window.outputs(inputs);
  for (int64_t k = 0; k < window.kernel; ++k) {
    const int64_t offset = k * window.dilation - window.padding;
    const int64_t phase = (offset % window.stride + window.stride) % window.stride;
    const int64_t shift = (offset - phase) / window.stride;
    const int64_t size = (inputs - phase + window.stride - 1) / window.stride;
    const int64_t begin = std::clamp<int64_t>(-shift, 0, outputs);
    taps.push_back({phase, shift, begin, std::clamp<int64_t>(size - shift, begin, outputs)});
  }
  return taps;
}

at::Tensor phase_of(const at::Tensor& map, int64_t stride, int64_t y, int64_t x) {
  return map.slice(0, y, c10::nullopt, stride).slice(1, x, c10::nullopt, stride);
}

Phases::Phases(const Factor& map, int64_t stride) : stride_(stride) {
  for (int64_t y = 0; y < stride; ++y) {
    for (int64_t x = 0; x < stride; ++x) {
      factors_.push_back(map.map([&](const at::Tensor& t) { return phase_of(t, stride, y, x).contiguous(); }));
    }
  }
}

}  // namespace reconcile
