#include "reconcile/nn/functional.h"

#include <ATen/ATen.h>

namespace reconcile {

Streams relu(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return v.relu(); });
}

Streams max_pool(const Streams& x, int64_t kernel, int64_t stride, int64_t padding) {
  return map(x, [=](const at::Tensor& v) { return at::max_pool2d(v, kernel, stride, padding); });
}

Streams global_average_pool(const Streams& x) {
  return map(x, [](const at::Tensor& v) { return v.mean({2, 3}); });
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

}  // namespace reconcile
