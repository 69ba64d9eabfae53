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

/// Whether all numbers are in low ... high; a NaN is not.
template <class From, class To>
bool copy_between(const From* __restrict from, int64_t count, To* __restrict to, From low, From high) {
  int32_t outside = 0;
  for (int64_t i = 0; i < count; ++i) {
    const From value = from[i];
    outside |= static_cast<int32_t>(!(value >= low)) | static_cast<int32_t>(!(value <= high));
    to[i] = value;
  }
  return outside == 0;
}

bool planes_between(const float* __restrict from, int64_t pixels, float* __restrict to, float low, float high) {
  int32_t outside = 0;
  for (int64_t i = 0; i < pixels; ++i) {
    for (int64_t c = 0; c < 3; ++c) {
      const float value = from[3 * i + c];
      outside |= static_cast<int32_t>(!(value >= low)) | static_cast<int32_t>(!(value <= high));
      to[c * pixels + i] = value;
    }
  }
  return outside == 0;
}

template <class T>
bool copy_classes(const at::Tensor& stored, const at::Tensor& slot, const TargetRange& range) {
  const at::Tensor in_order = stored.contiguous();
  return copy_between(in_order.data_ptr<T>(), stored.numel(), slot.data_ptr<int64_t>(), static_cast<T>(range.low),
                      static_cast<T>(range.high));
}

bool copy_numbers(const at::Tensor& stored, const at::Tensor& slot, const TargetRange& range) {
  const auto low = static_cast<float>(range.low);
  const auto high = static_cast<float>(range.high);
  float* to = slot.data_ptr<float>();
  if (has_channels_last(stored)) return planes_between(stored.data_ptr<float>(), stored.numel() / 3, to, low, high);
  const at::Tensor in_order = stored.contiguous();
  return copy_between(in_order.data_ptr<float>(), stored.numel(), to, low, high);
}

}  // namespace

bool copy_in_range(const at::Tensor& stored, const at::Tensor& slot, const TargetRange& range) {
  const auto from = stored.scalar_type();
  const bool classes = slot.scalar_type() == at::kLong;
  if (classes && from == at::kInt) return copy_classes<int32_t>(stored, slot, range);
  if (classes && from == at::kLong) return copy_classes<int64_t>(stored, slot, range);
  return !classes && from == at::kFloat && copy_numbers(stored, slot, range);
}

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
