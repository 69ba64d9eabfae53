#include "reconcile/kernels/weight_order.h"

#include <ATen/ATen.h>

#include "reconcile/core/chunks.h"

namespace reconcile {
namespace {

constexpr int64_t kWeightsAtOnce = 1024;  ///< so that all their taps stay in a core's cache

/// Calls move(from, to, begin, end) for pieces of the pairs of an output and an input channel.
template <class Move>
void for_each_pair(const at::Tensor& from, const at::Tensor& to, int64_t pairs, Move move) {
  for_chunks(pairs, kWeightsAtOnce,
             [&](int64_t begin, int64_t end) { move(from.data_ptr<float>(), to.data_ptr<float>(), begin, end); });
}

}  // namespace

at::Tensor taps_first(const at::Tensor& weight) {
  const int64_t pairs = weight.size(0) * weight.size(1);
  const int64_t taps = weight.numel() / pairs;
  if (taps == 1) return weight.view({1, weight.size(0), weight.size(1)});
  at::Tensor result = at::empty({taps, weight.size(0), weight.size(1)}, weight.options());
  for_each_pair(weight.contiguous(), result, pairs, [=](const float* from, float* to, int64_t begin, int64_t end) {
    for (int64_t t = 0; t < taps; ++t) {
      for (int64_t i = begin; i < end; ++i) to[t * pairs + i] = from[i * taps + t];
    }
  });
  return result;
}

at::Tensor taps_last(const at::Tensor& weight, at::IntArrayRef sizes) {
  const int64_t taps = weight.size(0);
  const int64_t pairs = weight.numel() / taps;
  if (taps == 1) return weight.view(sizes);
  at::Tensor result = at::empty(sizes, weight.options());
  for_each_pair(weight, result, pairs, [=](const float* from, float* to, int64_t begin, int64_t end) {
    for (int64_t t = 0; t < taps; ++t) {
      for (int64_t i = begin; i < end; ++i) to[i * taps + t] = from[t * pairs + i];
    }
  });
  return result;
}

}  // namespace reconcile
