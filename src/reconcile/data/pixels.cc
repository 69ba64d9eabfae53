#include "reconcile/data/pixels.h"

#include <ATen/ATen.h>

namespace reconcile {
namespace {

float to_unit(uint8_t value) { return static_cast<float>(value) / 255.0F; }
float to_unit(float value) { return value; }

template <class T>
void copy_in_order(const T* __restrict from, int64_t count, float* __restrict to) {
  for (int64_t i = 0; i < count; ++i) to[i] = to_unit(from[i]);
}

/// Three numbers a pixel into three planes.
template <class T>
void copy_to_planes(const T* __restrict from, int64_t pixels, float* __restrict to) {
  for (int64_t i = 0; i < pixels; ++i) {
    to[i] = to_unit(from[3 * i]);
    to[pixels + i] = to_unit(from[3 * i + 1]);
    to[2 * pixels + i] = to_unit(from[3 * i + 2]);
  }
}

/// Whether a [3, H, W] view reads an array [H, W, 3] that lies in order.
bool has_channels_last(const at::Tensor& stored) {
  return stored.dim() == 3 && stored.size(0) == 3 && stored.permute({1, 2, 0}).is_contiguous();
}

template <class T>
void copy_typed(const at::Tensor& stored, const at::Tensor& slot) {
  float* to = slot.data_ptr<float>();
  if (stored.is_contiguous()) {
    copy_in_order(stored.data_ptr<T>(), stored.numel(), to);
  } else if (has_channels_last(stored)) {
    copy_to_planes(stored.data_ptr<T>(), stored.numel() / 3, to);
  } else {
    const at::Tensor in_order = stored.contiguous();
    copy_in_order(in_order.data_ptr<T>(), in_order.numel(), to);
  }
}

}  // namespace

void copy_pixels(const at::Tensor& stored, const at::Tensor& slot) {
  stored.scalar_type() == at::kByte ? copy_typed<uint8_t>(stored, slot) : copy_typed<float>(stored, slot);
}

at::Tensor gather_pixels(const at::Tensor& whole, std::span<const int64_t> samples) {
  const int64_t size = whole.numel() / std::max<int64_t>(whole.size(0), 1);
  at::Tensor batch = at::empty({std::ssize(samples), whole.size(1), whole.size(2), whole.size(3)});
  const at::Tensor stored = whole.contiguous();
  float* to = batch.data_ptr<float>();
  for (const int64_t sample : samples) {
    if (stored.scalar_type() == at::kByte) {
      copy_in_order(stored.data_ptr<uint8_t>() + sample * size, size, to);
    } else {
      copy_in_order(stored.data_ptr<float>() + sample * size, size, to);
    }
    to += size;
  }
  return batch;
}

}  // namespace reconcile
