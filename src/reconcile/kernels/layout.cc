#include "reconcile/kernels/layout.h"

#include <ATen/ATen.h>

namespace reconcile {

at::Tensor positions(const at::Tensor& x) { return x.permute({2, 3, 0, 1}); }
at::Tensor from_positions(const at::Tensor& x) { return x.permute({2, 3, 0, 1}); }

bool is_position_major(const at::Tensor& x) { return x.dim() == 4 && positions(x).is_contiguous(); }

at::Tensor to_position_major(const at::Tensor& x) { return from_positions(positions(x).contiguous()); }

at::Tensor channels_last(const at::Tensor& x, const std::function<at::Tensor(const at::Tensor&)>& operation) {
  const at::Tensor y = operation(positions(x).contiguous().permute({0, 3, 1, 2}));
  return from_positions(y.permute({0, 2, 3, 1}));
}

std::vector<at::Tensor> channelwise(
    const at::Tensor& x, const std::vector<at::Tensor>& more,
    const std::function<std::vector<at::Tensor>(const std::vector<at::Tensor>&)>& operation) {
  std::vector<at::Tensor> maps{x};
  maps.insert(maps.end(), more.begin(), more.end());
  if (!is_position_major(x) || x.is_contiguous()) return operation(maps);
  for (auto& map : maps) map = positions(map).contiguous().flatten(2).unsqueeze(0).permute({0, 3, 1, 2});
  std::vector<at::Tensor> results = operation(maps);
  // By way of [1, H, W, B * C], so that gradients come back with their channels last too.
  for (auto& y : results) y = from_positions(y.permute({0, 2, 3, 1}).reshape({y.size(2), y.size(3), x.size(0), -1}));
  return results;
}

at::Tensor channelwise(const at::Tensor& x, const std::function<at::Tensor(const at::Tensor&)>& operation) {
  return channelwise(x, {}, [&](const std::vector<at::Tensor>& maps) { return std::vector{operation(maps[0])}; })[0];
}

}  // namespace reconcile
