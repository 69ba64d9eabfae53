#include "reconcile/nn/functional.h"

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/kernels/layout.h"

namespace reconcile {
namespace {

/// Joined channels of two maps (or of two vectors).
at::Tensor join(const at::Tensor& a, const at::Tensor& b) {
  if (!is_position_major(a) || !is_position_major(b)) return at::cat({a, b}, 1);
  return from_positions(at::cat({positions(a), positions(b)}, 3));
}

}  // namespace

Streams relu(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return v.relu(); });
}

Streams clamped(const Streams& x, const Clamp& clamp) {
  return map(x, [&](const at::Tensor& v) { return clamped(v, clamp); });
}

Streams max_pool(const Streams& x, int64_t kernel, int64_t stride, int64_t padding) {
  return map(x, [=](const at::Tensor& v) {
    return channelwise(v, [=](const at::Tensor& u) { return at::max_pool2d(u, kernel, stride, padding); });
  });
}

Streams global_average_pool(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return v.mean({2, 3}); });
}

Streams image_average(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return v.mean({2, 3}, /*keepdim=*/true); });
}

Streams flatten(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return v.flatten(1); });
}

Streams add(const Streams& a, const Streams& b) {
  return zip(a, b, [](const at::Tensor& u, const at::Tensor& v) { return u + v; });
}

Streams concat(const Streams& a, const Streams& b) { return zip(a, b, join); }

Streams resize_like(const Streams& x, const Streams& like) {
  return zip(x, like, [](const at::Tensor& u, const at::Tensor& v) { return resize_to(u, v.sizes().slice(2)); });
}

Streams dropout(const Streams& x, double p, Phase& phase) {
  return map(x, [&](const at::Tensor& v) { return dropout(v, p, phase); });
}

Pooled max_pool_with_places(const Streams& x) {
  std::vector<at::Tensor> maxima;
  std::vector<at::Tensor> places;
  std::vector<int64_t> size;
  for (const auto& value : x.values()) {
    std::vector<at::Tensor> pooled(2);
    if (value.defined()) {
      size = value.sizes().slice(2).vec();
      pooled = channelwise(value, {}, [](const std::vector<at::Tensor>& maps) {
        const auto [largest, indices] = at::max_pool2d_with_indices(maps[0], 2, 2);
        return std::vector{largest, indices};
      });
    }
    maxima.push_back(pooled[0]);
    places.push_back(pooled[1]);
  }
  return {{x.partition(), std::move(maxima)}, {x.partition(), std::move(places)}, std::move(size)};
}

Streams max_unpool(const Streams& x, const Pooled& pooled) {
  return zip(x, pooled.places, [&](const at::Tensor& v, const at::Tensor& places) {
    return channelwise(v, {places}, [&](const std::vector<at::Tensor>& maps) {
      return std::vector{at::max_unpool2d(maps[0], maps[1], pooled.size)};
    })[0];
  });
}

Streams mix(const Streams& weights, const std::vector<Streams>& columns) {
  Partition partition = weights.partition();
  for (const auto& column : columns) partition = refine(partition, column.partition());
  std::vector<at::Tensor> values;
  for (int64_t g = 0; g < partition.num_groups(); ++g) {
    const int64_t t = partition.first_task(g);
    const at::Tensor& w = weights.of_task(t);
    at::Tensor sum;
    for (size_t j = 0; j < columns.size(); ++j) {
      const at::Tensor& column = columns[j].of_task(t);
      at::Tensor share = w.select(-1, static_cast<int64_t>(j));  // [] or [B]
      while (share.dim() > 0 && share.dim() < column.dim()) share = share.unsqueeze(-1);
      sum = sum.defined() ? sum + share * column : share * column;
    }
    values.push_back(sum);
  }
  return {std::move(partition), std::move(values)};
}

at::Tensor clamped(const at::Tensor& x, const Clamp& clamp) {
  if (std::isinf(clamp.low)) return x;
  return std::isinf(clamp.high) ? x.relu() : at::hardtanh(x, clamp.low, clamp.high);
}

at::Tensor resize_to(const at::Tensor& x, at::IntArrayRef size, bool align_corners) {
  if (x.sizes().slice(2) == size) return x;
  return channelwise(x, [&](const at::Tensor& v) { return at::upsample_bilinear2d(v, size, align_corners); });
}

at::Tensor dropout(const at::Tensor& x, double p, Phase& phase) {
  if (!phase.training || p == 0.0) return x;
  return x * (phase.uniform_like(x) >= p).to(x.scalar_type()) / (1.0 - p);
}

}  // namespace reconcile
