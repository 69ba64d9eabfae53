#include "reconcile/nn/functional.h"

#include <ATen/ATen.h>

namespace reconcile {

Streams relu(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return v.relu(); });
}

Streams relu6(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return at::hardtanh(v, 0, 6); });
}

Streams max_pool(const Streams& x, int64_t kernel, int64_t stride, int64_t padding) {
  return map(x, [=](const at::Tensor& v) { return at::max_pool2d(v, kernel, stride, padding); });
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

Streams concat(const Streams& a, const Streams& b) {
  return zip(a, b, [](const at::Tensor& u, const at::Tensor& v) { return at::cat({u, v}, 1); });
}

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
    auto [largest, indices] =
        value.defined() ? at::max_pool2d_with_indices(value, 2, 2) : std::tuple(at::Tensor(), at::Tensor());
    maxima.push_back(largest);
    places.push_back(indices);
    if (value.defined()) size = value.sizes().slice(2).vec();
  }
  return {{x.partition(), std::move(maxima)}, {x.partition(), std::move(places)}, std::move(size)};
}

Streams max_unpool(const Streams& x, const Pooled& pooled) {
  return zip(x, pooled.places,
             [&](const at::Tensor& v, const at::Tensor& places) { return at::max_unpool2d(v, places, pooled.size); });
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

at::Tensor resize_to(const at::Tensor& x, at::IntArrayRef size, bool align_corners) {
  if (x.sizes().slice(2) == size) return x;
  return at::upsample_bilinear2d(x, size, align_corners);
}

at::Tensor dropout(const at::Tensor& x, double p, Phase& phase) {
  if (!phase.training || p == 0.0) return x;
  return x * (phase.uniform_like(x) >= p).to(x.scalar_type()) / (1.0 - p);
}

}  // namespace reconcile
